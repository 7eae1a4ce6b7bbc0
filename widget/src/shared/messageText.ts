// What a person wrote, as it is sent. The server does the same; here it is done first, so that the words that stand in
// the chat at once are those that will be stored.

/** Of any program: Word writes U+000B and a PDF U+000C. */
const LINE_BREAKS = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
/** Controls and halves of characters: the server refuses them, and nobody could see which one it was. */
const NO_TEXT = /(?![\n\t])[\p{Cc}\p{Cs}]/gu;
/** Spaces, zero-width and combining signs, fillers, and what Unicode keeps for more of them. */
const NOTHING =
  /^[\s\p{Z}\p{Cf}\p{M}\u115F\u1160\u2065\u2800\u3164\uFFA0\uFFF0-\uFFF8\u{1D159}\u{E0000}-\u{E0FFF}]*$/u;

/** `text` trimmed, with newlines; empty when nothing of it is to be seen. */
export function asSent(text: string): string {
  const sent = onlyText(text).trim();
  return NOTHING.test(sent) ? "" : sent;
}

/** The same of what is not finished yet: nothing is trimmed. */
export function onlyText(text: string): string {
  return text.replace(LINE_BREAKS, "\n").replace(NO_TEXT, "");
}

/** Code points, as the server counts. */
export function length(text: string): number {
  return Array.from(text).length;
}
