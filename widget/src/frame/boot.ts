// What the server wrote into the page. Read once, at the start; never written.

import type { Language } from "../shared/catalogue";

export interface Boot {
  site: string;
  language: Language;
  department: string | null;
  /** Pages of these origins may embed the chat; messages of other origins are ignored. */
  origins: string[];
  /** Where 快速离开 goes; empty or missing: an empty page. */
  leave_to?: string;
  version: string;
  /** The hospital's time zone, such as Asia/Shanghai. */
  zone: string;
  /** The pages of the visit, where the chat is a page of its own. */
  pages?: unknown;
  /** When the server made the page, in ms. */
  now?: number;
}

/** Reads the values that the server wrote into the page. */
export function readBoot(): Boot {
  const text = document.getElementById("boot")?.textContent;
  if (!text) throw new Error("the page has no boot data");
  return JSON.parse(text) as Boot;
}
