// Texts by language: a gettext catalogue (.po) as a module for TypeScript and as a compiled file (.mo) for Python.
// Nothing else reads .po files, so both sides see the same texts or neither does.

import { readFileSync } from "node:fs";
import { mo, po } from "gettext-parser";

/**
 * `import texts from "../texts/zh.po"` gives an object: msgid → msgstr, or → all plural forms when the entry has them.
 * For vite and vitest.
 * @returns {import("vite").Plugin}
 */
export function catalogues() {
  return {
    name: "catalogues",
    enforce: "pre",
    load(id) {
      if (!id.endsWith(".po")) return null;
      this.addWatchFile(id);
      return { code: `export default ${JSON.stringify(texts(id))};`, map: null, moduleType: "js" };
    },
  };
}

/**
 * The catalogue as Python's gettext reads it.
 * @param {string} path of the .po file
 * @returns {Buffer}
 */
export function compiled(path) {
  return mo.compile(read(path));
}

/** @param {string} path */
export function texts(path) {
  /** @type {Record<string, string | string[]>} */
  const found = {};
  for (const [context, entries] of Object.entries(read(path).translations)) {
    for (const { msgid, msgstr, msgid_plural: plural } of Object.values(entries)) {
      if (msgid === "") continue; // the header
      if (context !== "")
        throw new Error(`${path}: "${msgid}" has a msgctxt, which the front end does not know.`);
      found[msgid] = plural === undefined ? (msgstr[0] ?? "") : msgstr;
    }
  }
  return found;
}

/** @param {string} path */
function read(path) {
  // A string, not bytes: of bytes the parser guesses the encoding from the header.
  return po.parse(readFileSync(path, "utf-8"));
}
