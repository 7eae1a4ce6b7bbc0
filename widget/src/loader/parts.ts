// What the loader hands over to the script of the panel. Both have the same version, or nearly: a browser keeps each of them
// for five minutes.

import type { tel } from "../shared/phone";
import type { Counted } from "./counts";
import type { styled } from "./elements";
import type { Rules } from "./invitation";
import type { kept, openMark, phoneMark } from "./marks";
import type { Language, WORDS } from "./words";

/** A command of the page and its values: `["open"]`, `["on", "unread", fn]`. */
export type Command = [name: string, ...values: unknown[]];

/** `window.hchat`. */
export interface Api {
  push(command: Command): void;
  /** What waits until the panel's script is there. */
  queue: Command[];
}

/**
 * A list, because names would be sent twice with every page of the hospital; further parts are added at its end. The
 * loader's own functions are among them, so that only one script carries them.
 */
export type Parts = [
  site: string,
  department: string,
  /** `elder`: 长辈版. The page's address may ask for it, too. */
  mode: string,
  /** The launcher's text, if the tag has one; not too long. */
  text: string,
  /** The hospital's number, if the tag has one. */
  ownPhone: string,
  language: Language,
  origin: string,
  root: ShadowRoot,
  launcher: HTMLButtonElement,
  label: HTMLElement,
  /** The style of the panel, without its size. */
  floating: string,
  /** Runs a script of the chat's server. */
  run: (path: string) => void,
  api: Api,
  styled: typeof styled,
  tel: typeof tel,
  kept: typeof kept,
  openMark: typeof openMark,
  phoneMark: typeof phoneMark,
  words: typeof WORDS,
];

/** The element of the chat in the page. The panel takes the parts from it. */
export type Host = HTMLElement & {
  kit?: Parts;
  /** When the site invites; set by the server before the scripts. */
  rules?: Rules;
  /** Set by the panel: counts what happens on this page, and tells the page of it. */
  count?(kind: Counted): void;
  happens?(event: string): void;
};
