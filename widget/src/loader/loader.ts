// The script tag of a hospital's page: the launcher. It runs in a foreign page. So everything is in a shadow root and styled
// by script (the page's CSP may forbid anything else), and it stores only marks that reveal nothing about health.
//
// The chat itself is in a second script (`panel.ts`), which is fetched once the page is loaded. This one is small, and
// written for browsers that are too old for the chat, too: there the launcher calls the hospital.

import { tel } from "../shared/phone";
import { coloured } from "./colour";
import { icon, styled } from "./elements";
import { kept, openMark, phoneMark } from "./marks";
import type { Api, Command, Host } from "./parts";
import { at, placeOf } from "./place";
import { type Language, LONGEST_TEXT, WORDS } from "./words";

/** The server has another answer for loaders of earlier versions, which do not say `v=2`. */
const PANEL = "/widget-panel.js?v=2&site=";

/** Puts the launcher that `script` asks for into the page. */
export function start(script: HTMLScriptElement): void {
  const {
    site = "",
    department = "",
    mode = "",
    z = "",
    offset,
    position,
    color,
    text = "",
    phone = "",
  } = script.dataset;
  const { origin } = new URL(script.src);
  const language: Language = script.dataset.language === "en" ? "en" : "zh";
  const words = WORDS[language];
  const said = text.slice(0, LONGEST_TEXT);
  const place = placeOf(offset, position);
  const floating =
    "position:fixed;background:#fff;background:Canvas;color:#000;color:CanvasText;color-scheme:light dark;box-shadow:0 6px 24px #0f172a47;";
  const look = `${floating}${at(place, 220, 140)}font:inherit;font-weight:600;height:56px;padding:0 20px;border:0;border-radius:28px;${coloured(color)}cursor:pointer;white-space:nowrap;text-decoration:none`;
  const stack = `z-index:${+z || 2147483000}!important`;
  // Chromium 76 and Safari 13 have it. What is older cannot run the chat.
  if (!("allSettled" in Promise)) {
    // The hospital's phone, or the page with a form that needs no script.
    const link = styled("a", `${look};line-height:56px;${stack}`);
    const number = phone || phoneMark(site);
    link.href = number ? tel(number) : `${origin}/chat/${site}`;
    link.textContent = number ? words[1] + number : words[0];
    document.body.appendChild(link);
    return;
  }
  const host: Host = styled(
    "div",
    `all:initial!important;font:16px/24px system-ui,sans-serif!important;position:fixed!important;${stack}`,
  );
  const root = host.attachShadow({ mode: "open" });
  const launcher = styled("button", look);
  const label = styled("span");
  const page = window as unknown as { hchat?: unknown };
  const before = page.hchat;
  let isAsked = false;
  const api: Api = {
    queue: Array.isArray(before) ? before : [],
    push(command: Command) {
      api.queue.push(command);
      fetchPanel();
    },
  };
  page.hchat = api;
  host.id = "hchat";
  host.lang = language;
  label.textContent = said || words[0];
  launcher.hidden = script.dataset.launcher === "false";
  launcher.onclick = () => api.push(["open"]);
  launcher.append(icon(), label);
  root.append(launcher);
  // Beside the body, whose own transforms and menus would move it.
  document.documentElement.append(host);
  host.kit = [
    site,
    department,
    mode,
    said,
    phone,
    language,
    origin,
    root,
    launcher,
    label,
    `${floating}overflow:hidden;${at(place, 404, 660)}`,
    run,
    api,
    styled,
    tel,
    kept,
    openMark,
    phoneMark,
    WORDS,
  ];
  if (+openMark() > Date.now() || api.queue[0] || document.readyState === "complete") {
    fetchPanel();
  } else addEventListener("load", fetchPanel);

  function fetchPanel(): void {
    if (isAsked) return;
    isAsked = true;
    run(PANEL + encodeURIComponent(site), () => {
      isAsked = false;
      // The next click tries again, and calls if that fails, too.
      const number = phone || phoneMark(site);
      if (number && api.queue.some(([name]) => name === "open")) location.href = tel(number);
    });
  }

  function run(path: string, failed?: () => void): void {
    const more = styled("script");
    more.referrerPolicy = "origin"; // the page's path may name an illness
    more.src = origin + path;
    more.onerror = () => {
      // biome-ignore lint/suspicious/noConsole: it is meant for the people who embed the chat
      console.error(`[hchat] ${origin} cannot be reached`);
      if (failed) failed();
    };
    root.append(more);
  }
}

const script = document.currentScript as HTMLScriptElement | null;
if (script?.dataset.site && !document.getElementById("hchat")) {
  if (document.body) start(script);
  else document.addEventListener("DOMContentLoaded", () => start(script));
}
