// What the loader keeps in the page's own storage: marks that reveal nothing about health.

/** A desktop visitor's token lives this long: after that there is no chat to return to. */
const OPEN_MS = 30 * 60_000;

/**
 * Until when there is a chat to return to in this tab. `+`: the chat was open; `-`: it was minimised, and the next page
 * loads it anyway, so that an answer is noticed. Empty: there is no chat. Without `sign` the present mark is returned.
 */
export function openMark(sign?: "+" | "-" | ""): string {
  return kept("sessionStorage", "hchat-open-until", sign && sign + (Date.now() + OPEN_MS));
}

/** The public phone number of the site's hospital, as the chat last sent it. */
export function phoneMark(site: string, told?: string): string {
  return kept("localStorage", `hchat-phone ${site}`, told);
}

/** Stores `value` if there is one, and returns what is stored. A page may forbid storage. */
function kept(storage: "sessionStorage" | "localStorage", key: string, value?: string): string {
  try {
    if (value !== undefined) window[storage].setItem(key, value);
    return window[storage].getItem(key) || "";
  } catch {
    return "";
  }
}
