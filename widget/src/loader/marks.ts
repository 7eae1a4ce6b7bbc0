// What the loader keeps in the page's own storage: marks that say nothing of health.

/** A desktop visitor's token lives as long: after it there is no chat to come back to. */
const OPEN_MS = 30 * 60_000;

/**
 * Until when there is a chat to come back to, in this tab. After `-` it was put away: the next page loads it all the
 * same, so that an answer is noticed. Empty: there is none. Without a sign: tells which.
 */
export function openMark(sign?: "+" | "-" | ""): string {
  return kept("sessionStorage", "hchat-open-until", sign && sign + (Date.now() + OPEN_MS));
}

/** The public phone of the site's hospital, as the chat told it last. */
export function phoneMark(site: string, told?: string): string {
  return kept("localStorage", `hchat-phone ${site}`, told);
}

/** What is kept, after `value` was, if there is one. A page may forbid storage. */
function kept(storage: "sessionStorage" | "localStorage", key: string, value?: string): string {
  try {
    if (value !== undefined) window[storage].setItem(key, value);
    return window[storage].getItem(key) || "";
  } catch {
    return "";
  }
}
