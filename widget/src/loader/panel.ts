// The chat in the page: the panel with its iframe, from the first click on. The loader fetches this script once the page is
// loaded, so it is there when the visitor clicks, also if the server is not. No text of the chat passes through it.
//
// Only the frame's own `ready` proves that the chat was loaded: browsers fire `load` for an error page, too. Until then
// the frame is invisible, and a small panel takes its place.
//
// Most visitors never click. So nothing is built before the frame is needed, and no style or size is asked for.

import { chatMark } from "./chatMark";
import { commands, happens } from "./commands";
import { count, report } from "./counts";
import { PANEL_WORDS } from "./panelWords";
import type { Host, Parts } from "./parts";
import { LATE_MS, LOADED_MS, MOST_PAUSES, PAUSE_MS } from "./patience";
import { smallPanel } from "./smallPanel";
import { attempt, type Page, VISIT_KEY, visit } from "./visit";

/** Puts the chat beside the launcher. */
export function panel(
  host: Host,
  [
    site,
    department,
    mode,
    text,
    ownPhone,
    language,
    origin,
    root,
    launcher,
    label,
    floating,
    run,
    api,
    styled,
    tel,
    kept,
    openMark,
    phoneMark,
    words,
  ]: Parts,
): void {
  const seen = window.visualViewport as VisualViewport;
  let phone: MediaQueryList;
  let badge: HTMLElement;
  let dialog: HTMLElement | undefined; // built with the first frame
  let small: HTMLElement;
  let close: HTMLElement;
  let saySmall: ReturnType<typeof smallPanel>[2];
  let frame: HTMLIFrameElement | undefined;
  let ready: boolean | undefined;
  let away: boolean | undefined; // it should have been ready by now
  let attempts = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked: boolean | undefined;
  let loads = 0; // how many more `load` events than `ready` messages there were
  let shown = false;
  let focus: boolean | undefined;
  let covers = false;
  let overflow = "";
  let closed: boolean | undefined;
  let token: unknown; // waits for the frame; never stored
  let gone = launcher.hidden; // the page opens the chat in its own way

  addEventListener("pagehide", () => {
    if (shown) openMark(true);
    leave();
  });
  // Where the browser takes away a page that is hidden, nothing else is said.
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  // Every browser that runs the chat has these events. Firefox prints a copy of the page, in which no script runs.
  addEventListener("beforeprint", () => lay(true));
  addEventListener("afterprint", () => lay(false));

  if (!gone) count("shown");
  const [pages, add] = visit(kept, () => tell("visit"));
  host.count = count;
  host.happens = happens;
  commands(api, {
    open: (by?: string) => {
      if (by) attempt(() => add({ parameters: { e: by.slice(0, 100) } }));
      if (!shown) open(true);
    },
    close: hide,
    hide: (hidden = true) => {
      gone = hidden !== false;
      if (gone) hide();
      lay();
    },
    identify: (given) => {
      token = given;
      tell("visit");
    },
  });

  if (!shown && +openMark() > Date.now()) open(false);
  agree();
  // The mark of this site, or of another one, which does no harm. Null: everything was removed.
  addEventListener("storage", ({ key }) => /until|null/.test(key as string) && agree(1));

  /** Loads the frame minimised, once the page is idle, so that unread words are noticed. */
  function soonest(): void {
    (window.requestIdleCallback || setTimeout)(() => frame || load());
  }

  /**
   * Does what the mark says that all tabs share. `changed`: a conversation was begun in some tab, or has ended; then nothing
   * of it stays here, unless the visitor looks at it, which the frame handles itself.
   */
  function agree(changed?: number): void {
    if (chatMark(kept, site) > Date.now()) soonest();
    else if (changed && !shown && frame) {
      frame.remove();
      frame = undefined;
      ready = away = false;
      clearTimeout(timer);
      unread(0);
    }
  }

  function build(): HTMLElement {
    // A phone in landscape is as wide as a small desktop, and its keyboard leaves only a strip.
    phone = matchMedia("(max-width:640px),(max-height:480px) and (pointer:coarse)");
    badge = styled(
      "span",
      "position:absolute;top:-6px;right:0;padding:0 8px;border-radius:12px;background:#991b1b;color:#fff;font-size:14px",
    );
    dialog = styled("div");
    [small, close, saySmall] = smallPanel(styled, tel, hide, () => {
      attempts = 0;
      load();
    });
    badge.hidden = true;
    dialog.setAttribute("role", "dialog");
    dialog.append(small);
    launcher.append(badge);
    root.append(dialog);
    // A phone's keyboard covers the lower half of an overlay that does not follow the visible area.
    seen.addEventListener("resize", lay);
    seen.addEventListener("scroll", lay);
    addEventListener("message", heard);
    addEventListener("popstate", () => pushed() || (phone.matches && hide()));
    addEventListener("keydown", ({ key }) => key === "Escape" && !ready && hide());
    return dialog;
  }

  function unread(words: number): void {
    badge.hidden = !(words > 0);
    badge.textContent = `${words}`;
    happens("unread", +words);
  }

  function leave(): void {
    attempt(() => report(`${origin}/v1/site-counts`, site, pages[0] as Page));
  }

  function say(): void {
    const [chat, hospital] = words[language];
    label.textContent = closed ? PANEL_WORDS[language][0] : text || chat;
    (dialog as HTMLElement).setAttribute("aria-label", chat);
    host.lang = language;
    if (frame) frame.title = chat;
    saySmall(language, away, ownPhone || phoneMark(site), hospital);
    lay();
  }

  function lay(print?: unknown): void {
    const printing = print === true;
    launcher.hidden = shown || gone || printing;
    if (!dialog) return;
    const whole = shown && phone.matches && !away && !printing;
    const page = document.documentElement.style;
    if (whole !== covers) [page.overflow, overflow] = [whole ? "hidden" : overflow, page.overflow];
    covers = whole;
    // On a phone the chat covers the whole screen: the page behind it can be neither reached nor scrolled.
    document.body.toggleAttribute("inert", whole);
    dialog.setAttribute("aria-modal", `${whole}`);
    dialog.hidden = !shown || printing;
    small.hidden = !!ready;
    if (frame) frame.style.visibility = ready ? "visible" : "hidden";
    dialog.style.cssText =
      floating +
      (whole
        ? `left:0;right:0;top:${seen.offsetTop}px;height:${seen.height}px`
        : `max-width:calc(100vw - 40px);max-height:calc(100vh - 40px);border-radius:12px;${
            away ? "width:320px;overflow:auto" : "width:384px;height:640px"
          }`);
  }

  /**
   * Makes a new frame each time: in one and the same frame the Back button would step through all pages it had shown.
   */
  function load(): void {
    const around = dialog || build();
    if (frame) frame.remove();
    frame = styled("iframe", "position:absolute;top:0;left:0;border:0;width:100%;height:100%");
    frame.referrerPolicy = "origin"; // the page's path may name an illness
    frame.src = `${origin}/frame${query()}`;
    frame.onload = () => {
      if (++loads > 0) soon(miss, LOADED_MS);
    };
    loads = 0;
    ready = false;
    soon(miss, LATE_MS);
    say();
    around.append(frame);
  }

  function query(): string {
    const wanted = new URLSearchParams({ site, department, language, host: location.origin });
    const elder = (mode || new URLSearchParams(location.search).get("mode")) === "elder";
    return `?${wanted}${elder ? "&mode=elder" : ""}`;
  }

  function soon(act: () => void, ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  }

  /** `ready` did not arrive. While the visitor waits, the frame is loaded again. */
  function miss(): void {
    ready = false;
    away = true;
    // The wait is random, so that not all pages load at once when the server is back.
    soon(() => shown && load(), Math.min(2 ** attempts++, MOST_PAUSES) * PAUSE_MS * (1 + Math.random()));
    // The server logs in the browser's console why the chat cannot be loaded, for the people who embed it.
    if (!asked) run(`/embed-check.js${query()}`);
    asked = true;
    const held = root.activeElement;
    say();
    if (held) close.focus();
  }

  function come(): void {
    clearTimeout(timer);
    loads--;
    ready = true;
    away = false;
    attempts = 0;
    const held = root.activeElement;
    say();
    if (held) (frame as HTMLElement).focus();
    tell(shown ? "open" : "close");
    happens("ready");
  }

  function open(byHand: boolean): void {
    shown = true;
    focus = byHand;
    if (away || !frame) load();
    say();
    openMark(true);
    count("opened");
    if (byHand) {
      if (phone.matches && !pushed()) history.pushState({ ...history.state, hchat: 1 }, "");
      (ready ? (frame as HTMLElement) : close).focus();
    }
    tell("open");
    happens("open");
  }

  function hide(): void {
    if (!shown) return;
    shown = false;
    lay();
    openMark(false);
    tell("close");
    happens("close");
    launcher.focus();
    if (phone.matches && pushed()) history.back();
  }

  function tell(type: string): void {
    if (!ready) return;
    ((frame as HTMLIFrameElement).contentWindow as Window).postMessage({ type, focus, pages, token }, origin);
    token = 0;
  }

  function heard({ origin: from, source, data }: MessageEvent): void {
    if (from !== origin || !frame || source !== frame.contentWindow || !data) return;
    const { type } = data;
    if (type === "ready") {
      come();
    } else if (type === "close") {
      hide();
    } else if (type === "unread") {
      unread(data.count);
    } else if (type === "until") {
      if (data.until < 0) {
        // Somebody else comes now, and their visit begins on this page.
        pages.length = 0;
        kept("sessionStorage", VISIT_KEY, "");
      }
      const before = chatMark(kept, site);
      chatMark(kept, site, data.until > 0 ? `${data.until}` : "");
      // Only when it ends: after 快速离开 a frame that says so once more still has to leave the page.
      if (before) agree(1);
    } else if (type === "hours") {
      closed = data.closed;
      say();
    } else if (type === "phone") {
      phoneMark(site, data.phone);
    } else if (type === "locale" && data.language in PANEL_WORDS) {
      language = data.language;
      say();
    } else if (/^id/.test(type)) {
      happens(type);
    }
  }
}

/** Whether the Back button would close the chat. */
function pushed(): boolean {
  return "hchat" in Object(history.state);
}

const host: Host | null = document.getElementById("hchat");
if (host?.kit) {
  const { kit } = host;
  delete host.kit; // this script runs once
  panel(host, kit);
}
