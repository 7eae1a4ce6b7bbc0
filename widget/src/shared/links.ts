// Finds the web addresses and phone numbers of a message, so that they can be tapped. What is shown is what was
// written: an address is never shortened, and a link never has words of its own.

import { tel } from "./phone";

export interface Piece {
  readonly text: string;
  /** Where it leads: `http:`, `https:` or `tel:`; null for plain text. */
  readonly href: string | null;
}

/** An address in ASCII, or digits with single spaces and hyphens among them. */
const CANDIDATE = /https?:\/\/[!#-;=?-Z_a-z~]+|\+?\d(?:[ -]?\d)+/gi;
/** Belongs to the sentence and not to the address before it. */
const AFTER = /[.,;:!?']+$/;
/** A mobile number, a landline with its area code, 400 and 800 numbers, and any number with its country's code. */
const PHONE =
  /^(?:1[3-9]\d([ -]?)\d{4}\1\d{4}|0\d{2,3}[ -]\d{3,4}[ -]?\d{4}|[48]00([ -]?)\d{3,4}\2\d{3,4}|\+\d(?:[ -]?\d){7,14})$/;
/** With one of these beside it, a number is part of something longer. */
const JOINS = /[\w.\-/+@#]/;

/** The text in pieces. Together they are the text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const at = match.index ?? 0;
    const link = linkIn(match[0], text[at - 1] ?? "", text[at + match[0].length] ?? "");
    if (link === null) continue;
    if (at > from) found.push({ text: text.slice(from, at), href: null });
    found.push(link);
    from = at + link.text.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
}

function linkIn(candidate: string, before: string, after: string): Piece | null {
  if (candidate[0] === "h" || candidate[0] === "H") return /\w/.test(before) ? null : address(candidate);
  const isWhole = !JOINS.test(before) && !/\w/.test(after);
  return isWhole && PHONE.test(candidate) ? { text: candidate, href: tel(candidate) } : null;
}

function address(candidate: string): Piece | null {
  const text = ended(candidate);
  try {
    const { username, password, hostname } = new URL(text);
    // `https://hospital.example@evil.example` leads to the second name while it shows the first.
    return username || password || !hostname.includes(".") ? null : { text, href: text };
  } catch {
    return null;
  }
}

/** Without what ends the sentence, and without a bracket that was opened before the address. */
function ended(candidate: string): string {
  const text = candidate.replace(AFTER, "");
  const isInBrackets = text.endsWith(")") && text.split(")").length > text.split("(").length;
  return isInBrackets ? ended(text.slice(0, -1)) : text;
}
