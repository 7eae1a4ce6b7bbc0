// The connection to the page that embeds the chat: messages to its loader, for exact origins only. Texts of the chat
// and tokens are never sent to it.

import type { Language } from "../shared/catalogue";
import type { Boot } from "./boot";

/** How long the page has to take away the chat before it is left itself. */
const LEAVE_MS = 100;
const EMPTY = "about:blank";

export interface Shown {
  opened(focus: boolean): void;
  closed(): void;
}

/** The embedding page, as the chat sees it. */
export class Host {
  private readonly leaveTo: string;
  /** Null when the chat is a page of its own. */
  private readonly origin: string | null;
  private shown: Shown | null = null;
  /** Whether the page shows the chat, as it last said; null: not asked yet. */
  private isOpen: boolean | null = null;
  private language: ((language: Language) => void) | null = null;
  /**
   * The pages of this visit, as the page has told them, or the server where the chat is a page of its own; undefined from
   * a loader that tells none.
   */
  pages: unknown;
  /** Called when they change. */
  onPages = () => {};
  /** Called with a token that says who is signed in on the page. */
  onToken = (_token: unknown) => {};

  constructor(boot: Boot) {
    const asked = new URLSearchParams(window.location.search).get("host");
    const embedded = window.parent !== window;
    this.pages = boot.pages;
    this.origin = embedded && asked !== null && boot.origins.includes(asked) ? asked : null;
    const [first] = boot.origins;
    this.leaveTo = boot.leave_to || ((this.origin ?? first) ? `${this.origin ?? first}/` : EMPTY);
    window.addEventListener("message", ({ origin, source, data }) => {
      if (embedded && source === window.parent && boot.origins.includes(origin)) this.heard(data);
    });
  }

  get isEmbedded(): boolean {
    return this.origin !== null;
  }

  /**
   * Calls `shown` when the page shows or minimises the chat. The first call sends `ready`, which the page answers; a
   * later one reports the known state at once.
   */
  onShown(shown: Shown): () => void {
    this.shown = shown;
    if (this.isOpen === null) {
      this.isOpen = false;
      this.tell({ type: "ready" });
    } else if (this.isOpen) shown.opened(document.hasFocus());
    else shown.closed();
    return () => {
      if (this.shown === shown) this.shown = null;
    };
  }

  onLanguage(language: (language: Language) => void): () => void {
    this.language = language;
    return () => {
      this.language = null;
    };
  }

  /** Asks the page to minimise the chat. `done` is for older loaders: there is no conversation to return to. */
  close(done: boolean): void {
    this.tell({ type: "close", done });
  }

  /** Leaves the whole page. It is replaced, so that Back does not show it. */
  leave(): void {
    this.close(true);
    // The page must have heard it before, and on a phone have gone back, which would otherwise undo the leaving.
    // A sandbox may forbid it: the chat is closed and empty all the same.
    // Without a network the browser would show an error in place of a page.
    const to = navigator.onLine ? this.leaveTo : EMPTY;
    setTimeout(() => window.top?.location.replace(to), LEAVE_MS);
  }

  /**
   * Until when there is a conversation to return to, in ms by this machine's clock; 0: none. All tabs of the page's site
   * learn it. -1: none, and whoever comes now is somebody else, so the page forgets the visit, too.
   */
  until(until: number): void {
    this.tell({ type: "until", until });
  }

  unread(count: number): void {
    this.tell({ type: "unread", count });
  }

  /** Whether nobody serves at this hour, which the launcher shows. */
  closed(closed: boolean): void {
    this.tell({ type: "hours", closed });
  }

  /** The hospital's public phone number, which the loader shows when the chat cannot be loaded later. */
  phone(phone: string): void {
    this.tell({ type: "phone", phone });
  }

  /** Whether 长辈版 is on: then the page invites nobody. The page is not told why. */
  elder(on: boolean): void {
    this.tell({ type: "quiet", on });
  }

  /** Whether staff see the identity that the page has given. The page is not told why they do not. */
  identified(yes: boolean): void {
    this.tell({ type: yes ? "identified" : "identity-refused" });
  }

  locale(language: Language): void {
    this.tell({ type: "locale", language });
  }

  private heard(data: unknown): void {
    if (typeof data !== "object" || data === null) return;
    const { type, focus, language, pages, token } = data as Record<string, unknown>;
    if (token) this.onToken(token);
    if (pages) {
      this.pages = pages;
      this.onPages();
    }
    if (type === "open" || type === "close") this.isOpen = type === "open";
    if (type === "open") this.shown?.opened(focus === true);
    else if (type === "close") this.shown?.closed();
    else if (type === "locale" && (language === "zh" || language === "en")) this.language?.(language);
  }

  private tell(message: object): void {
    if (this.origin !== null) window.parent.postMessage(message, this.origin);
  }
}
