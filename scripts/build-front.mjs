// Builds widget/ and dashboard/ into build/front/, which the server and the wheel serve:
//
//   loader.js                 the script tag of a hospital's page: one file, one stable name, imports nothing
//   panel.js                  what the loader fetches once the page is loaded; the same
//   invite.js, card.js        put before panel.js for sites that invite, and fetched when they do; the same
//   swt.js                    for pages with buttons written for 商务通; the same
//   assets/*-<hash>.js|css    everything else; a name never changes its content
//   manifest.json             source entry → { file, css: [] }, paths relative to build/front
//   texts/<where>/<lang>.mo   compiled catalogues for Python
//   texts/dashboard/eventSentences.json   which of them an event gets
//   texts/commands/           those of the command line
//   *.gz                      beside each script and style
//
// Each app is built for itself: no chunk is shared, so a page needs its entry's own files and nothing more.

import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { catalogues, compiled } from "./catalogues.mjs";
import { textsByChunk } from "./textsByChunk.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const finished = join(root, "build/front");
// Built beside and moved into place at the end, so that a running server never sees half of it.
const fresh = join(root, "build/front.new");
/** Which sentence an event gets: imported by the console, read by the server's pages. */
const eventSentences = "eventSentences.json";

// Oldest browsers of patients: Chromium 78 is in the web views of older WeChat and HarmonyOS, Safari 13 is iOS 13.
// Both have all of ES2019 besides `import()` and `import.meta`.
const patients = { target: "es2019", cssTarget: ["chrome78", "safari13"] };

// Oldest browsers of staff: Chromium 86 is what 360 still carries. Both have all of ES2020. Named by themselves, every
// `?.` would be spelled out for a fault that they have with `?.(...all)`.
const staff = { target: "es2020", cssTarget: ["chrome86", "safari14"] };

/** Of the search for the shortest file: more take longer and save a few bytes at most. */
const ROUNDS = 15;

/** The name a built file begins with → its source. */
const entries = {
  widget: "widget/src/frame/main.tsx",
  console: "dashboard/src/console/main.tsx",
  style: "dashboard/styles/pages.css",
};

/** @type {import("vite").InlineConfig} */
const shared = {
  root,
  configFile: false,
  logLevel: "warn",
  // Chunks and styles find each other wherever the server mounts the folder.
  base: "./",
  publicDir: false,
  // Plain calls of `h`: fewer bytes than the automatic runtime, whose children are named in every call.
  oxc: { jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" } },
};

/**
 * @type {{
 *   assumptions: Record<string, boolean>,
 *   typescript: Record<string, boolean>,
 *   inject: Record<string, [string, string]>,
 * }}
 */
const transform = {
  // Class fields by assignment: otherwise each field becomes a call. `== null` for `?.` and `??`: `document.all`, for
  // which it would be wrong, is not in use.
  assumptions: { setPublicClassFields: true, noDocumentAll: true, pureGetters: true },
  // A field that is only declared needs no code.
  typescript: { removeClassFieldsWithoutInitializer: true },
  inject: { h: ["preact", "h"], Fragment: ["preact", "Fragment"] },
};

/** @type {import("vite").BuildOptions} */
const options = {
  outDir: fresh,
  emptyOutDir: false,
  minify: true,
  reportCompressedSize: false,
  // Inlined images would need `data:` in the Content-Security-Policy.
  assetsInlineLimit: 0,
  // Lazy chunks load themselves; hints for them would cost more bytes than they save.
  modulePreload: false,
};

/**
 * Fetches a later chunk after its styles. Vite's own way of doing it also preloads scripts and is heavier than some of
 * the chunks. A style that did not arrive is asked for again with the chunk.
 * @returns {import("vite").Plugin}
 */
function plainImports() {
  const helper = `
    const fetched = {};
    const style = (href) => fetched[href] || (fetched[href] = new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = href;
      link.onload = resolve;
      link.onerror = () => { fetched[href] = null; link.remove(); reject(); };
      document.head.append(link);
    }));
    export const __vitePreload = (load, styles, from) =>
      Promise.all(styles.map((name) => style(new URL(name, from).href))).then(load);`;
  return {
    name: "plain-imports",
    enforce: "pre",
    load: (id) => (id.includes("vite/preload-helper") ? helper : null),
  };
}

/**
 * Keeps all that a module imports at once in one file. Otherwise what others share with it becomes a file more.
 * @param {string} name of the file
 * @param {string} top
 * @param {number} priority the highest takes what belongs to several
 */
function together(name, top, priority) {
  /** @type {Set<string>} */
  const all = new Set();
  /** @type {(id: string, ctx: import("rolldown").ChunkingContext) => void} */
  const add = (id, ctx) => {
    // The package of the icons names all of them; each belongs to the part that draws it.
    if (all.has(id) || id.includes("/lucide/")) return;
    all.add(id);
    for (const each of ctx.getModuleInfo(id)?.importedIds ?? []) add(each, ctx);
  };
  return {
    debugName: name,
    priority,
    /** @type {(id: string, ctx: import("rolldown").ChunkingContext) => string | null} */
    name: (id, ctx) => {
      add(join(root, top), ctx);
      return all.has(id) ? name : null;
    },
  };
}

/** What only the widget needs, so that its first open stays small. */
function ofWidget() {
  const po = (/** @type {string} */ language) => join(root, "widget", "texts", `${language}.po`);
  return [textsByChunk({ zh: po("zh"), en: po("en") }, "laterTexts"), plainImports()];
}

/**
 * One set of tokens serves all; each style, its imports included, keeps those that are used by it or by the styles that
 * come later.
 * @param {string} folder of the page's styles
 * @returns {import("vite").Plugin}
 */
function usedTokens(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: "utf-8" });
  const styles = names.filter((name) => name.endsWith(".css") && !name.endsWith("tokens.css"));
  const all = styles.map((name) => readFileSync(join(folder, name), "utf-8")).join("\n");
  return {
    name: "used-tokens",
    transform(style, id) {
      if (!id.endsWith(".css")) return null;
      const used = new Set(Array.from((style + all).matchAll(/var\((--[\w-]+)/g), ([, token]) => token));
      const kept = style.replace(/(?<=[\s{;])(--[\w-]+):[^;{}]*;/g, (whole, token) =>
        used.has(token) ? whole : "",
      );
      return { code: kept, map: null };
    },
  };
}

/**
 * @param {string} name
 * @param {string} entry
 */
async function buildApp(name, entry) {
  const floor = name === "widget" ? patients : staff;
  // `talk` is fetched with the first open in any case.
  const groups = [together("widget", entry, 2), together("talk", "widget/src/frame/talk/talk.ts", 1)];
  const output = name === "widget" ? { codeSplitting: { groups } } : {};
  const rolldownOptions = { input: { [name]: entry }, transform, output };
  const plugins = [
    ...(name === "widget" ? ofWidget() : []),
    catalogues(),
    usedTokens(join(root, dirname(entry))),
  ];
  await build({
    ...shared,
    plugins,
    build: {
      ...options,
      ...floor,

      manifest: "vite.json",
      rolldownOptions,
    },
  });
  const path = join(fresh, "vite.json");
  /** @type {import("vite").Manifest} */
  const manifest = JSON.parse(readFileSync(path, "utf-8"));
  rmSync(path);
  const own = manifest[entry];
  if (own === undefined) throw new Error(`vite's manifest does not name ${entry}`);
  return { file: own.file, css: stylesOf(own, manifest) };
}

/**
 * The styles of a chunk and of all it imports at once.
 * @param {import("vite").ManifestChunk} chunk
 * @param {import("vite").Manifest} manifest
 * @returns {string[]}
 */
function stylesOf(chunk, manifest) {
  const deeper = (chunk.imports ?? []).flatMap((name) => {
    const imported = manifest[name];
    return imported === undefined ? [] : stylesOf(imported, manifest);
  });
  return [...new Set([...deeper, ...(chunk.css ?? [])])];
}

/**
 * A script of a hospital's page: one file with a stable name.
 * @param {string} name
 * @param {string} target
 */
async function buildTag(name, target) {
  await build({
    ...shared,
    plugins: [catalogues()],
    build: {
      ...options,
      ...patients,
      target,
      rolldownOptions: {
        input: `widget/src/loader/${name}.ts`,
        transform: { assumptions: transform.assumptions },
        optimization: { inlineConst: { mode: "all" } },
        output: { format: "iife", entryFileNames: `${name}.js`, codeSplitting: false },
      },
    },
  });
}

function compileTexts() {
  for (const where of ["widget", "dashboard"]) {
    const sources = join(root, where, "texts");
    const folder = join(fresh, "texts", where);
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(sources).filter((name) => name.endsWith(".po"))) {
      writeFileSync(join(folder, `${basename(name, ".po")}.mo`), compiled(join(sources, name)));
    }
  }
  copyFileSync(
    join(root, "dashboard", "texts", eventSentences),
    join(fresh, "texts", "dashboard", eventSentences),
  );
}

/** The command line's, where Python's gettext looks for one by itself; click asks for its own messages so, too. */
function compileCommands() {
  const folder = join(fresh, "texts", "commands", "zh", "LC_MESSAGES");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "messages.mo"), compiled(join(root, "chatserver", "texts", "zh.po")));
}

/** Any gzip reads what zopfli wrote. It searches for the shortest way, which is 5 to 10 % shorter than zlib's. */
async function compress() {
  // Imported only here, because it takes over the process's errors.
  const { gzipAsync } = (await import("@gfx/zopfli")).default;
  const names = readdirSync(fresh, { recursive: true, encoding: "utf-8" });
  for (const name of names.filter((name) => /\.(js|css)$/.test(name))) {
    const bytes = readFileSync(join(fresh, name));
    writeFileSync(join(fresh, `${name}.gz`), await gzipAsync(bytes, { numiterations: ROUNDS }));
  }
}

rmSync(fresh, { recursive: true, force: true });
/** @type {Record<string, { file: string, css: string[] }>} */
const manifest = {};
for (const [name, entry] of Object.entries(entries)) manifest[entry] = await buildApp(name, entry);
// Read by browsers that are too old for the chat, too: they show a link.
await buildTag("loader", "es2015");
await buildTag("panel", patients.target);
await buildTag("swt", "es2015");
await buildTag("invite", patients.target);
await buildTag("card", patients.target);
compileTexts();
compileCommands();
await compress();
writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
rmSync(finished, { recursive: true, force: true });
renameSync(fresh, finished);
