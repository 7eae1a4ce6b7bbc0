// What an invitation keeps in the page's own storage. It says nothing of why.

import { kept } from "./marks";

/** Until when nobody is invited on this website, in ms. */
export function refusedMark(until?: number): number {
  return Number(kept("localStorage", "hchat-invitation-refused-until", until ? `${until}` : undefined));
}

/** What is known of the visit: how many pages, the host that it came from, and whether somebody was invited. */
export function visitMark(mark?: string): string {
  return kept("sessionStorage", "hchat-invitation", mark);
}
