// Counts what happens on this page of the hospital, for its statistics. Nothing identifies the visitor.

import type { Page } from "./visit";

/** The launcher was shown, the chat was opened, an invitation was shown, and accepted. */
export type Counted = "shown" | "opened" | "invited" | "accepted";

/** 1: happened and not reported yet; 0: reported. */
const counts: Partial<Record<Counted, 0 | 1>> = {};
/**
 * Keywords are the visitor's own words, which may name an illness: they wait for the first message. The server may write a
 * longer list here.
 */
const WORDS = /word|term|kw/;

/** Counts `kind`, at most once on each page. */
export function count(kind: Counted): void {
  if (!(kind in counts)) counts[kind] = 1;
}

/**
 * Reports to `address` what has happened on this page of `site` since the last report, and how the visitor came to their
 * first page. Throws if the page has spoilt a function of the browser.
 */
export function report(address: string, site: string, { referrer = "", parameters }: Page): void {
  if (!/1/.test(JSON.stringify(counts))) return;
  const told = { site, page: location.pathname, referrer: referrer.split("/")[2], parameters, counts };
  navigator.sendBeacon(
    address,
    JSON.stringify(told, (name, value) => (WORDS.test(name) ? undefined : value)),
  );
  for (const kind in counts) counts[kind as Counted] = 0;
}
