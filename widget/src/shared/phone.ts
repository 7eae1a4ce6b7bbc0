// Phone numbers as people type them, and the links that call them.

/** What was typed on any keyboard, in ASCII: a Chinese one also has wide digits, signs and brackets. */
export function inAscii(typed: string): string {
  return typed
    .normalize("NFKC")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .trim();
}

/** The link that calls a number. */
export function tel(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, "")}`;
}
