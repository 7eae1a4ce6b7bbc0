// Where the visitor comes from: the pages of this visit, and how each was reached. It is kept in the page's own session, and
// goes to the chat's frame, which sends it with the visitor's first message and not before. The page may have spoilt any
// function of the browser, so nothing here may throw.

import type { kept as Kept } from "./marks";

/**
 * Parameters of the page's address that are kept; no other one leaves the page. Ids of clicks are not among them. Where the
 * hospital's rules name more, the server writes its list in the place of this one (`web/parameters.py`).
 */
const KEPT =
  /^(utm_(source|medium|campaign|content|term)|hm(sr|pl|cu|kw|ci)|from|source|e|(e_)?(plan|unit|keyword|creative)(_?id)?)$/;
export const VISIT_KEY = "hchat-visit";
const MOST_PAGES = 30;
/** A page that changes without being loaded is noticed after this time, in ms. */
const LOOK_MS = 1_000;

/** A page of the hospital. If it was loaded, it has a referrer and parameters; others came in its place. */
export interface Page {
  at: number;
  page: string;
  title: string;
  referrer?: string;
  parameters?: Record<string, string>;
}

/**
 * Follows the visit from now on, and calls `changed` after each further page. Returns its pages, oldest first, and a function that adds the present one again, with what led to the chat there. The
 * page's functions for its history are left alone: other scripts replace them, too.
 */
export function visit(kept: typeof Kept, changed: () => void) {
  let pages: Page[] = [];
  const add = (more?: Partial<Page>) => {
    const page = bare(location.href);
    const before = pages[pages.length - 1];
    if (!more && before && before.page === page) return;
    pages[pages.length] = { at: Date.now(), page, title: document.title.slice(0, 120), ...more };
    // How the visitor came is not forgotten.
    if (pages.length > MOST_PAGES) pages.splice(1, 1);
    kept("sessionStorage", VISIT_KEY, JSON.stringify(pages));
    changed();
  };
  attempt(() => {
    const before: Page[] = JSON.parse(kept("sessionStorage", VISIT_KEY) || "[]");
    if (before.every(({ page }) => page.slice)) pages = before;
  });
  attempt(() => {
    const parameters: Record<string, string> = {};
    new URLSearchParams(location.search).forEach((value, name) => {
      if (KEPT.test(name)) parameters[name] = value.slice(0, 100);
    });
    // A page that is loaded again, or by Back, was not reached in another way.
    add(
      pages[0] && performance.navigation.type ? undefined : { referrer: bare(document.referrer), parameters },
    );
  });
  setInterval(attempt, LOOK_MS, add);
  return [pages, add] as const;
}

/** The address without query and fragment. */
function bare(address: string): string {
  return address.replace(/[?#].*/, "").slice(0, 500);
}

/** Acts, and ignores an error: the page may have spoilt a function of the browser. */
export function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // Nothing of it is needed.
  }
}
