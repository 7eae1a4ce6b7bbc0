// What the loader keeps in the page's own storage: marks that reveal nothing about health.

/** How long a tab remembers that its panel was open. */
const OPEN_MS = 30 * 60_000;

/**
 * Until when this tab has a panel to show again on its next page; empty: it has none. Without `open` the present mark is
 * returned. Older loaders also wrote a negative one, for a panel that was minimised; it means nothing any more.
 */
export function openMark(open?: boolean): string {
  return kept(
    "sessionStorage",
    "hchat-open-until",
    open ? `${Date.now() + OPEN_MS}` : open === false ? "" : undefined,
  );
}

/** The public phone number of the site's hospital, as the chat last sent it. */
export function phoneMark(site: string, told?: string): string {
  return kept("localStorage", `hchat-phone ${site}`, told);
}

/** Stores `value` if there is one, and returns what is stored; an empty one is removed. A page may forbid storage. */
export function kept(storage: "sessionStorage" | "localStorage", key: string, value?: string): string {
  try {
    if (value) window[storage].setItem(key, value);
    else if (value === "") window[storage].removeItem(key);
    return window[storage].getItem(key) || "";
  } catch {
    return "";
  }
}
