// 发错人: notices when a reply contains text copied from another visitor's bubble. It asks, but does not block, and it
// looks for nothing but copied texts.

export interface Copy {
  readonly conversation: string;
  readonly label: string;
  readonly text: string;
}

/** How many copies are remembered, only in this tab's memory. */
const REMEMBERED = 20;

/** Shorter texts (谢谢, ok) do not show whose they are. */
const SHORTEST = 4;

/** Remembers a copied text. */
export function copied(copies: readonly Copy[], copy: Copy): readonly Copy[] {
  if (plain(copy.text).length < SHORTEST) return copies;
  return [copy, ...copies.filter((held) => plain(held.text) !== plain(copy.text))].slice(0, REMEMBERED);
}

/** The copy from another visitor that `body` contains. `own`: the texts of this visitor. */
export function foreign(
  copies: readonly Copy[],
  conversation: string,
  body: string,
  own: readonly string[],
): Copy | null {
  const text = plain(body);
  const said = own.map(plain);
  const suspect = copies.find(
    (copy) =>
      copy.conversation !== conversation &&
      text.includes(plain(copy.text)) &&
      !said.some((words) => words.includes(plain(copy.text))),
  );
  return suspect ?? null;
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
