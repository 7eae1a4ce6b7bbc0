// 健康词 in the browser: looked for as `chatserver/domain/health_words.py` looks for them.

import builtIn from "./words.json";

type Look = (plain: string, close: string) => boolean;

const looks = builtIn.map(lookFor);

/** Whether the text may speak of somebody's health. `own`: the site's words. */
export function speaksOfHealth(text: string, own: string[] = []): boolean {
  const plain = plainly(text);
  const close = plain.replace(/\s/g, "");
  return [...looks, ...own.map(lookFor)].some((look) => look(plain, close));
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
