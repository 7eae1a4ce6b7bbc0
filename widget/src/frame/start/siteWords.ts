// The words that the hospital set, fetched once for the page: its own words of an emergency, and those that suggest a
// department. Without them the chat works as without any words.

import type { SiteWords } from "../../shared/frames";

const NONE: SiteWords = { emergency: [], departments: {} };
/** Between two attempts, in ms. */
const AGAIN_AFTER = 3_000;

const held = new Map<string, SiteWords>();
const asked = new Map<string, number>();

/** The words of a site as far as they are known. The first call asks for them, and `came` is called when they are there. */
export function siteWords(site: string, came: () => void = () => {}): SiteWords {
  const words = held.get(site);
  if (words !== undefined) return words;
  const now = Date.now();
  if (now - (asked.get(site) ?? Number.NEGATIVE_INFINITY) > AGAIN_AFTER) {
    asked.set(site, now);
    void load(site).then(came, () => {});
  }
  return NONE;
}

async function load(site: string): Promise<void> {
  const answer = await fetch(`/v1/visitor/words?site=${encodeURIComponent(site)}`);
  if (!answer.ok) throw new Error(String(answer.status));
  held.set(site, (await answer.json()) as SiteWords);
}
