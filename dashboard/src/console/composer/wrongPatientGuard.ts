// 发错人: notices when a reply holds words copied from another visitor's bubble. It asks; it never blocks, and it
// never looks at a text that was typed.

export interface Copy {
  readonly conversation: string;
  readonly label: string;
  readonly text: string;
}

/** How many copies are remembered, in this tab's memory only. */
const REMEMBERED = 20;

/** Shorter texts (谢谢, ok) say nothing about whose they are. */
const SHORTEST = 4;

export function copied(copies: readonly Copy[], copy: Copy): readonly Copy[] {
  if (plain(copy.text).length < SHORTEST) return copies;
  return [copy, ...copies.filter((held) => plain(held.text) !== plain(copy.text))].slice(0, REMEMBERED);
}

/** The copy from somebody else that `body` holds; `own` is what this visitor has said himself. */
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
