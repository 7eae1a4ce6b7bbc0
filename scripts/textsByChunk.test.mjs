import { expect, test } from "vitest";
import { share } from "./textsByChunk.mjs";

const KEYS = ["log.you", "title.nurse", "title.physician", "rating.ask", "end.ask", "nobody.says"];

/**
 * @param {string} fileName
 * @param {string} code
 */
const chunk = (fileName, code) => ({ fileName, isEntry: fileName === "entry.js", modules: { a: { code } } });

/** Code that names only the beginning of a text. */
const begun = (/** @type {string} */ family) => `t(\`${family}.\${what}\`)`;

/** @param {Record<string, string>} chunks */
function shared(chunks) {
  // Of a module only its code is read.
  const all = /** @type {any[]} */ (Object.entries(chunks).map(([name, code]) => chunk(name, code)));
  const { entry, later } = share(KEYS, all);
  return { entry, ...Object.fromEntries(later) };
}

test("a text goes where the code is that names it, and what no code names stays in the entry", () => {
  expect(
    shared({
      "entry.js": `t("log.you") + ${begun("title")}`,
      "ending.js": `t("rating.ask") + t("log.you") + ${begun("title")}`,
      "dialog.js": 't("end.ask") + "not.aText"',
    }),
  ).toEqual({
    entry: ["log.you", "title.nurse", "title.physician", "nobody.says"],
    "ending.js": ["rating.ask"],
    "dialog.js": ["end.ask"],
  });
});

test("two later chunks that name the same text both bring it", () => {
  const { entry, ...later } = shared({
    "entry.js": "",
    "one.js": 't("end.ask")',
    "two.js": begun("end"),
  });
  expect(entry).not.toContain("end.ask");
  expect(later).toEqual({ "one.js": ["end.ask"], "two.js": ["end.ask"] });
});
