// The script tag of a hospital's page: a launcher, and, from the first click on, the chat in an iframe. Stands in
// a foreign page, so: everything in a shadow root, styled by script (the page's CSP may forbid anything else),
// nothing stored but one mark that says nothing of health, and not one word of the chat ever passes through here.

import { MessageCircle } from "lucide";

// The catalogue would weigh more than all of this; a test holds these to it.
export const WORDS = { zh: "在线咨询", en: "Chat with us" };
/** What the launcher says while nobody serves. */
export const CLOSED = { zh: "留言", en: "Leave a message" };

const MARK = "hchat-open-until";
/** A desktop visitor's token lives as long: after it there is no chat to come back to. */
const MARK_MS = 30 * 60_000;

/** Puts the launcher that `script` asks for into the page. */
export function start(script: HTMLScriptElement): void {
  const { site = "", department = "", z = "2147483000", offset = "20" } = script.dataset;
  const { origin } = new URL(script.src);
  const phone = matchMedia("(max-width:640px)");
  const seen = window.visualViewport as VisualViewport;
  const [right = "", bottom = right] = offset.split(",");
  let language = script.dataset.language === "en" ? ("en" as const) : ("zh" as const);
  let ready = false;
  let shown = false;
  let focus = false;
  let covers = false;
  let overflow = "";
  let closed = false;

  const floating = `position:fixed;right:calc(${+right}px + env(safe-area-inset-right,0px));bottom:calc(${+bottom}px + env(safe-area-inset-bottom,0px));overflow:hidden;background:#f8fafc;box-shadow:0 6px 24px rgba(15,23,42,.28);`;
  const host = styled("div", `all:initial!important;position:fixed!important;z-index:${+z}!important`);
  const launcher = styled(
    "button",
    `${floating}overflow:visible;font:600 16px/24px system-ui,sans-serif;height:56px;padding:0 20px;border:0;border-radius:28px;background:#0f766e;color:#fff;cursor:pointer;white-space:nowrap`,
  );
  const label = styled("span");
  const badge = styled(
    "span",
    "position:absolute;top:-6px;right:0;padding:0 8px;border-radius:12px;background:#991b1b;font-size:14px",
  );
  const panel = styled("div");
  const frame = styled("iframe", "display:block;border:0;width:100%;height:100%");
  host.id = "hchat";
  launcher.onclick = () => open(true);
  badge.hidden = true;
  panel.setAttribute("role", "dialog");
  frame.referrerPolicy = "origin"; // the page's path may name an illness
  launcher.append(icon(), label, badge);
  host.attachShadow({ mode: "open" }).append(launcher, panel);
  say();
  lay();
  // Beside the body, whose own transforms and menus would move it.
  document.documentElement.append(host);

  // A phone's keyboard covers the lower half of what we lay over the page, unless we follow what is visible.
  seen.addEventListener("resize", lay);
  seen.addEventListener("scroll", lay);
  window.addEventListener("message", heard);
  window.addEventListener("pagehide", () => mark() && mark(shown ? "" : "-"));
  window.addEventListener("popstate", () => pushed() || (phone.matches && hide()));

  const until = Number(mark());
  if (Math.abs(until) > Date.now()) until > 0 ? open(false) : load();

  function say(): void {
    frame.title = WORDS[language];
    label.textContent = (closed ? CLOSED : WORDS)[language];
    panel.setAttribute("aria-label", WORDS[language]);
    host.lang = language;
  }

  function lay(): void {
    const whole = shown && phone.matches;
    const page = document.documentElement.style;
    if (whole && !covers) overflow = page.overflow;
    if (whole !== covers) page.overflow = whole ? "hidden" : overflow;
    covers = whole;
    // On a phone the chat is the whole screen: what lies behind can neither be reached nor scrolled.
    document.body.toggleAttribute("inert", whole);
    panel.setAttribute("aria-modal", String(whole));
    launcher.hidden = shown;
    panel.hidden = !shown;
    panel.style.cssText =
      floating +
      (whole
        ? `left:0;right:0;top:${seen.offsetTop}px;height:${seen.height}px`
        : "width:384px;height:640px;max-height:calc(100vh - 40px);border-radius:12px");
  }

  function load(): void {
    if (frame.isConnected) return;
    frame.src = `${origin}/frame?${new URLSearchParams({ site, department, language, host: location.origin })}`;
    panel.append(frame);
  }

  function open(byHand: boolean): void {
    shown = true;
    focus = byHand;
    load();
    lay();
    mark("");
    if (byHand) {
      if (phone.matches && !pushed()) history.pushState({ ...history.state, hchat: 1 }, "");
      frame.focus();
    }
    tell("open");
  }

  function hide(): void {
    if (!shown) return;
    shown = false;
    lay();
    mark("-");
    tell("close");
    launcher.focus();
    if (phone.matches && pushed()) history.back();
  }

  function tell(type: string): void {
    if (ready) frame.contentWindow?.postMessage({ type, focus }, origin);
  }

  function heard(event: MessageEvent): void {
    if (event.origin !== origin || event.source !== frame.contentWindow || !event.data) return;
    const { type, count, language: chosen, done, closed: isClosed } = event.data;
    if (type === "ready") {
      ready = true;
      tell(shown ? "open" : "close");
    } else if (type === "close") {
      hide();
      if (done) mark(null);
    } else if (type === "unread") {
      badge.hidden = !(count > 0);
      badge.textContent = String(Number(count));
    } else if (type === "hours") {
      closed = isClosed === true;
      say();
    } else if (type === "locale" && chosen in WORDS) {
      language = chosen;
      say();
    }
  }
}

/** Whether the Back button would close the chat. */
function pushed(): boolean {
  return history.state?.hchat === 1;
}

/**
 * Until when there is a chat to come back to, in this tab. `-` before it: put away; the next page loads it all the
 * same, so that an answer is noticed. null: there is none. Nothing: tells which.
 */
function mark(sign?: "" | "-" | null): string | null {
  try {
    if (sign === undefined) return sessionStorage.getItem(MARK);
    sessionStorage.setItem(MARK, sign === null ? "" : sign + (Date.now() + MARK_MS));
  } catch {}
  return null;
}

function styled<K extends keyof HTMLElementTagNameMap>(tag: K, css = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.style.cssText = css;
  return made;
}

function icon(): Element {
  const svg = drawn("svg", {
    viewBox: "0 0 24 24",
    width: 24,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 2,
    "aria-hidden": true,
  });
  svg.style.cssText = "vertical-align:middle;margin-right:8px";
  for (const [tag, attributes] of MessageCircle) svg.append(drawn(tag, attributes));
  return svg;
}

function drawn(tag: string, attributes: object): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const script = document.currentScript as HTMLScriptElement | null;
if (script?.dataset?.site && !document.getElementById("hchat")) {
  if (document.body) start(script);
  else document.addEventListener("DOMContentLoaded", () => start(script));
}
