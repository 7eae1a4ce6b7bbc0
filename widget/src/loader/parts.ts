// What the loader hands over to the script of the panel. Both have the same version, or nearly: a browser keeps each of them
// for five minutes.

import type { Place } from "./place";
import type { Language } from "./words";

/** A command of the page and its values: `["open"]`, `["on", "unread", fn]`. */
export type Command = [name: string, ...values: unknown[]];

/** `window.hchat`. */
export interface Api {
  push(command: Command): void;
  /** What waits until the panel's script is there. */
  queue: Command[];
}

export interface Parts {
  site: string;
  department: string;
  /** `elder`: 长辈版. The page's address may ask for it, too. */
  mode: string;
  /** The launcher's text, if the tag has one. */
  text: string;
  /** The hospital's number, if the tag has one. */
  ownPhone: string;
  language: Language;
  origin: string;
  host: HTMLElement;
  root: ShadowRoot;
  launcher: HTMLButtonElement;
  label: HTMLElement;
  /** The style of what floats above the page. */
  floating: string;
  place: Place;
  at(place: Place, width: number, height: number): string;
  /** Runs a script of the chat's server. */
  run(path: string): void;
  api: Api;
}
