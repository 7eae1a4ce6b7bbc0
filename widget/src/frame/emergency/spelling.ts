// Normalises what people type: corrected typing errors, simplified characters, and three punctuation marks. The same as
// `chatserver/domain/emergency_words/spelling.py`.

import { compiled, replaced } from "./patterns";
import words from "./words.json";

/** Brings a text into the spelling that the patterns expect, in which every character is one unit long. */
export type Plainly = (text: string) => string;

export function spelling(looksBack?: boolean): Plainly {
  const pairs = Array.from(words.characters);
  const stands = new Map(Array.from(words.hidden, (each) => [each, ""]));
  for (let at = 0; at < pairs.length; at += 2) stands.set(pairs[at] ?? "", pairs[at + 1] ?? "");
  const pattern = (way: string) => compiled(way, looksBack);
  const { dots, dot, spaces, spacedOut, spaceAtNumber, space } = words.spelling;
  const steps = [
    { find: pattern(dots), by: () => "，" },
    { find: pattern(dot), by: () => "。" },
    { find: pattern(spaces), by: () => " " },
    { find: pattern(spacedOut), by: (hit: string) => hit.replace(/ /g, "") },
    { find: pattern(spaceAtNumber), by: () => "" },
    { find: pattern(space), by: () => "，" },
  ];
  const meant = words.meant.map(([way = "", meaning = ""]) => ({ find: pattern(way), meaning }));
  const mistyped = pattern(words.meant.map(([way]) => `(?:${way})`).join("|"));
  // The first correction that fits there.
  const correct = (hit: string, rest: string) => meant.find(({ find }) => find.begins(rest))?.meaning ?? hit;
  return (text) => {
    const usual = text
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[\ud800-\udbff][\udc00-\udfff]/g, "□");
    const simple = Array.from(usual, (each) => stands.get(each) ?? each).join("");
    const plain = steps.reduce((so, { find, by }) => replaced(find, so, by), simple);
    return replaced(mistyped, plain, (hit, rest) => correct(hit, rest));
  };
}
