// Cleans what a person wrote before it is sent. The server does the same; doing it here first makes the text that
// appears in the chat at once equal to the one that will be stored.

/** Line breaks of all programs: Word writes U+000B, PDFs contain U+000C. */
const LINE_BREAKS = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
/** Control characters and lone surrogates. They are invisible, and the server refuses a message that contains one. */
const NO_TEXT = /(?![\n\t])[\p{Cc}\p{Cs}]/gu;
/** Spaces, zero-width and combining characters, fillers, and the ranges that Unicode reserves for more of them. */
const NOTHING =
  /^[\s\p{Z}\p{Cf}\p{M}\u115F\u1160\u2065\u2800\u3164\uFFA0\uFFF0-\uFFF8\u{1D159}\u{E0000}-\u{E0FFF}]*$/u;

/** `text` trimmed, with `\n` as line break; empty when nothing in it would be visible. */
export function asSent(text: string): string {
  const sent = onlyText(text).trim();
  return NOTHING.test(sent) ? "" : sent;
}

/** Like `asSent`, but for text that is still being written: it is not trimmed. */
export function onlyText(text: string): string {
  return text.replace(LINE_BREAKS, "\n").replace(NO_TEXT, "");
}

/** The length in code points, as the server counts it. */
export function length(text: string): number {
  return Array.from(text).length;
}
