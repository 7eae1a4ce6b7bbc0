// Gives each chunk of a build the texts that its own code names, so that nobody has to say which texts belong to which
// part of the screen.

import { texts } from "./catalogues.mjs";

/** How code names a text: `"log.you"`; or only its beginning: `title.${person.title}`. */
const NAMED = /["'`]([a-z]+(?:\.[a-zA-Z0-9_]+)+)["'`]/g;
const BEGUN = /`([a-z]+(?:\.[a-zA-Z0-9_]+)*\.)\$\{/g;

/**
 * The catalogues that the code imports keep the texts of the entry, and those that no code names. A later chunk brings
 * its own in all languages: the first thing it does is to call the page's global function `add` with them.
 * @param {Record<string, string>} paths language → .po file
 * @param {string} add
 * @returns {import("vite").Plugin}
 */
export function textsByChunk(paths, add) {
  const languages = Object.keys(paths);
  /** @type {Record<string, Record<string, string | string[]>>} */
  const all = Object.fromEntries(Object.entries(paths).map(([language, path]) => [language, texts(path)]));
  const keys = [...new Set(languages.flatMap((language) => Object.keys(all[language] ?? {})))];
  const place = (/** @type {string} */ language) => `__TEXTS_${language}__`;
  const some = (/** @type {string} */ language, /** @type {string[]} */ wanted) =>
    Object.fromEntries(wanted.flatMap((key) => (all[language]?.[key] ? [[key, all[language][key]]] : [])));
  return {
    name: "texts-by-chunk",
    enforce: "pre",
    load(id) {
      const language = languages.find((each) => paths[each] === id);
      if (language === undefined) return null;
      this.addWatchFile(id);
      return { code: `export default ${place(language)};`, map: null, moduleType: "js" };
    },
    renderChunk(code, chunk, _, { chunks }) {
      const { entry, later } = share(keys, Object.values(chunks));
      const own = later.get(chunk.fileName) ?? [];
      const filled = languages.reduce(
        (written, each) => written.replaceAll(place(each), () => JSON.stringify(some(each, entry))),
        code,
      );
      if (own.length === 0) return filled === code ? null : { code: filled, map: null };
      const brought = Object.fromEntries(languages.map((each) => [each, some(each, own)]));
      return { code: `${add}(${JSON.stringify(brought)});\n${filled}`, map: null };
    },
  };
}

/**
 * Which texts the entry has, and which each later chunk brings.
 * @param {string[]} keys
 * @param {Pick<import("rolldown").RenderedChunk, "fileName" | "isEntry" | "modules">[]} chunks
 */
export function share(keys, chunks) {
  const named = new Map(chunks.map((chunk) => [chunk.fileName, namedBy(keys, chunk)]));
  const first = chunks
    .filter(({ isEntry }) => isEntry)
    .flatMap(({ fileName }) => [...(named.get(fileName) ?? [])]);
  const somewhere = new Set([...named.values()].flatMap((each) => [...each]));
  const entry = keys.filter((key) => first.includes(key) || !somewhere.has(key));
  /** @type {Map<string, string[]>} */
  const later = new Map();
  for (const { fileName, isEntry } of chunks) {
    if (!isEntry)
      later.set(
        fileName,
        keys.filter((key) => named.get(fileName)?.has(key) && !entry.includes(key)),
      );
  }
  return { entry, later };
}

/**
 * @param {string[]} keys
 * @param {Pick<import("rolldown").RenderedChunk, "modules">} chunk
 * @returns {Set<string>}
 */
function namedBy(keys, { modules }) {
  const code = Object.values(modules)
    .map((each) => each.code ?? "")
    .join("\n");
  const whole = new Set(Array.from(code.matchAll(NAMED), ([, key]) => key));
  const begun = Array.from(code.matchAll(BEGUN), ([, beginning]) => beginning ?? "");
  return new Set(
    keys.filter((key) => whole.has(key) || begun.some((beginning) => key.startsWith(beginning))),
  );
}
