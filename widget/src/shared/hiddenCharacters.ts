// Makes characters visible that hide or reorder text. It never changes what is stored, copied or sent. The server's
// pages use the same list (chatserver/domain/hiding.py).

export interface Run {
  readonly text: string;
  /** The run is a character that would be invisible, shown by its code. */
  readonly hidden: boolean;
}

/** Bidi controls, zero-width and filler characters, soft hyphens and tag characters. */
const HIDDEN =
  /\u034F|[\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\u3164\uFEFF\uFFA0]|[\u{E0000}-\u{E007F}]/gu;

/** A joiner inside an emoji (a family, a profession) hides nothing, and is not marked. Safari 14 has no lookbehind. */
const JOINER = "\u200D";
const BEFORE_JOINER = /(?:\p{Extended_Pictographic}|\uFE0F|[\u{1F3FB}-\u{1F3FF}])$/u;

/** Splits `text` into visible runs and the codes of hidden characters. */
export function runs(text: string): Run[] {
  const found: Run[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const at = match.index ?? 0;
    if (match[0] === JOINER && BEFORE_JOINER.test(text.slice(Math.max(0, at - 2), at))) continue;
    if (at > from) found.push({ text: text.slice(from, at), hidden: false });
    found.push({ text: code(match[0]), hidden: true });
    from = at + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from), hidden: false });
  return found;
}

/** The same as plain text, for names and for the widget, with codes such as `[U+202E]`. */
export function spelledOut(text: string): string {
  return runs(text)
    .map((run) => (run.hidden ? `[${run.text}]` : run.text))
    .join("");
}

function code(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
