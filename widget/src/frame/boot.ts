// What the page was told by the server that made it. Read once, at the start; never written.

import type { Language } from "../shared/catalogue";

export interface Boot {
  site: string;
  language: Language;
  department: string | null;
  /** Pages of these origins may embed the chat, and only they are listened to. */
  origins: string[];
  version: string;
  /** The hospital's time zone, such as Asia/Shanghai. */
  zone: string;
  /** When the server made the page, ms. */
  now?: number;
}

export function readBoot(): Boot {
  const text = document.getElementById("boot")?.textContent;
  if (!text) throw new Error("the page has no boot data");
  return JSON.parse(text) as Boot;
}
