// Which department a visitor's words suggest. Pure.
//
// The browser suggests it and not the server: the visitor can then choose before the first message, so that it goes to
// the right queue at once, and nothing that they type is sent for it.

/**
 * The department with the most of its words in the text; among equals the first. Empty if there is none. `words`: by
 * department, in the order in which the site offers them.
 */
export function suggested(text: string, words: [string, string[]][]): string {
  const plain = text.normalize("NFKC").toLowerCase();
  const counts = words.map(([id, each]) => ({
    id,
    count: each.filter((word) => plain.includes(word.normalize("NFKC").toLowerCase())).length,
  }));
  const most = Math.max(0, ...counts.map(({ count }) => count));
  return most === 0 ? "" : (counts.find(({ count }) => count === most)?.id ?? "");
}
