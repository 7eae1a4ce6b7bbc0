// The connection to the page that embeds the chat: messages to its loader, for exact origins only. Texts of the chat
// and tokens are never sent to it.

import type { Language } from "../shared/catalogue";
import type { Boot } from "./boot";

export interface Shown {
  opened(focus: boolean): void;
  closed(): void;
}

/** The embedding page, as the chat sees it. */
export class Host {
  /** Null when the chat is a page of its own. */
  private readonly origin: string | null;
  private shown: Shown | null = null;
  /** Whether the page shows the chat, as it last said; null: not asked yet. */
  private isOpen: boolean | null = null;
  private language: ((language: Language) => void) | null = null;

  constructor(boot: Boot) {
    const asked = new URLSearchParams(window.location.search).get("host");
    const embedded = window.parent !== window;
    this.origin = embedded && asked !== null && boot.origins.includes(asked) ? asked : null;
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

  /** Asks the page to minimise the chat. `done`: there is no conversation to return to on the next page. */
  close(done: boolean): void {
    this.tell({ type: "close", done });
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

  locale(language: Language): void {
    this.tell({ type: "locale", language });
  }

  private heard(data: unknown): void {
    if (typeof data !== "object" || data === null) return;
    const { type, focus, language } = data as Record<string, unknown>;
    if (type === "open" || type === "close") this.isOpen = type === "open";
    if (type === "open") this.shown?.opened(focus === true);
    else if (type === "close") this.shown?.closed();
    else if (type === "locale" && (language === "zh" || language === "en")) this.language?.(language);
  }

  private tell(message: object): void {
    if (this.origin !== null) window.parent.postMessage(message, this.origin);
  }
}
