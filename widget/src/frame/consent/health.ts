// 健康词 in the browser: looked for as `chatserver/domain/health_words.py` looks for them.

import { departments, matters, words } from "./words.json";

type Look = (plain: string, close: string) => boolean;

const looks = words.map(lookFor);
const asksAbout = matters.map(lookFor);

/** Whether the text may speak of somebody's health. `own`: the site's words. */
export function speaksOfHealth(text: string, own: string[] = []): boolean {
  let plain = plainly(text);
  // Beside words of price, time or place, a department's bare name says nothing about anybody's health.
  if (finds(asksAbout, plain)) for (const name of departments) plain = plain.split(name).join(" - ");
  return finds([...looks, ...own.map(lookFor)], plain);
}

function finds(all: Look[], plain: string): boolean {
  const close = plain.replace(/\s/g, "");
  return all.some((look) => look(plain, close));
}

/** English words must stand alone; Chinese ones are found within a text without blanks. */
function lookFor(word: string): Look {
  const spelled = plainly(word).trim();
  if (spelled === "") return () => false;
  if (/^[a-z0-9 .'-]+$/.test(spelled)) {
    // No looking back: Safari before 16.4 does not know it.
    const alone = new RegExp(`(?:^|[^a-z0-9])${spelled.replace(/[.-]/g, "\\$&")}(?![a-z0-9])`);
    return (plain) => alone.test(plain);
  }
  const without = spelled.replace(/\s/g, "");
  return (_, close) => close.includes(without);
}

function plainly(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
