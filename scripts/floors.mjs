// Says what the built widget uses that its oldest browsers, Chromium 78 and Safari 13, do not have:
// `node scripts/floors.mjs` reads build/front and prints one line per finding.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";

/**
 * Functions that came later, by the name by which they are called.
 * @type {Record<string, string>}
 */
const NEWER_CALLS = {
  structuredClone: "Chromium 98, Safari 15.4",
  randomUUID: "Chromium 92, Safari 15.4",
  hasOwn: "Chromium 93, Safari 15.4",
  at: "Chromium 92, Safari 15.4",
  replaceAll: "Chromium 85, Safari 13.1",
  findLast: "Chromium 97, Safari 15.4",
  findLastIndex: "Chromium 97, Safari 15.4",
  toSorted: "Chromium 110, Safari 16",
  toReversed: "Chromium 110, Safari 16",
  toSpliced: "Chromium 110, Safari 16",
  groupBy: "Chromium 117, Safari 17.4",
  withResolvers: "Chromium 119, Safari 17.4",
  isWellFormed: "Chromium 111, Safari 16.4",
  toWellFormed: "Chromium 111, Safari 16.4",
  requestIdleCallback: "no Safari",
  showModal: "Safari 15.4",
  showPopover: "Chromium 114, Safari 17",
  replaceChildren: "Chromium 86, Safari 14",
  checkVisibility: "Chromium 105, Safari 17.4",
  replaceSync: "Safari 16.4",
  createImageBitmap: "Safari 15",
};

/**
 * Objects and properties that came later.
 * @type {Record<string, string>}
 */
const NEWER_NAMES = {
  WeakRef: "Chromium 84, Safari 14.1",
  FinalizationRegistry: "Chromium 84, Safari 14.1",
  AggregateError: "Chromium 85, Safari 14",
  BroadcastChannel: "Safari 15.4",
  ResizeObserver: "Safari 13.1",
  locks: "Safari 15.4",
  inert: "Chromium 102, Safari 15.5",
  adoptedStyleSheets: "Safari 16.4",
  Segmenter: "Chromium 87, Safari 14.1",
  DisplayNames: "Chromium 81, Safari 14.1",
  ListFormat: "Safari 14.1",
  OffscreenCanvas: "Safari 16.4",
  CompressionStream: "Chromium 80, Safari 16.4",
  navigation: "Chromium 102, Safari 26",
  userAgentData: "no Safari",
  onscrollend: "Chromium 114",
};

/** The same for names that mean it only after a certain other one. */
const NEWER_AFTER = /** @type {const} */ ([
  ["AbortSignal", "timeout", "Chromium 103, Safari 16"],
  ["AbortSignal", "any", "Chromium 116, Safari 17.4"],
  ["Promise", "any", "Chromium 85, Safari 14"],
  ["Promise", "try", "Chromium 128, Safari 18.2"],
]);

/**
 * What the widget does without where it is missing: name → how.
 * @type {Record<string, string>}
 */
const FALLBACK = {
  ResizeObserver: "asked for with typeof; without it the last line is not followed while the keyboard opens",
  navigation: "performance.navigation, which every browser has, and not the newer object of this name",
  inert: "only an attribute: the chat covers the page behind it anyway",
};

/**
 * What newer syntax a script has, and which newer names.
 * @param {string} code
 * @returns {string[]}
 */
export function scriptFindings(code) {
  const { program, errors } = parseSync("built.js", code);
  /** @type {Set<string>} */
  const found = new Set(errors.map(({ message }) => message));
  const walk = (/** @type {any} */ node, /** @type {boolean} */ inFunction) => {
    if (node === null || typeof node !== "object") return;
    if (Array.isArray(node)) {
      for (const each of node) walk(each, inFunction);
      return;
    }
    const newer = newerSyntax(node, inFunction) ?? newerName(node);
    if (newer !== null) found.add(newer);
    const inner = inFunction || /Function|StaticBlock/.test(node.type ?? "");
    for (const [key, value] of Object.entries(node))
      if (key !== "value" || node.type !== "Literal") walk(value, inner);
  };
  walk(program, false);
  return [...found];
}

/**
 * @param {any} node
 * @param {boolean} inFunction
 * @returns {string | null}
 */
function newerSyntax(node, inFunction) {
  switch (node.type) {
    case "ChainExpression":
      return "?. (Chromium 80, Safari 13.1)";
    case "LogicalExpression":
      return node.operator === "??" ? "?? (Chromium 80, Safari 13.1)" : null;
    case "AssignmentExpression":
      return /^(\?\?|\|\||&&)=$/.test(node.operator) ? `${node.operator} (Chromium 85, Safari 14)` : null;
    case "PropertyDefinition":
      return "a class field (Safari 14.1)";
    case "PrivateIdentifier":
      return "#private (Safari 14.1)";
    case "StaticBlock":
      return "a static block (Chromium 94, Safari 16.4)";
    case "AwaitExpression":
      return inFunction ? null : "await at the top (Chromium 89, Safari 15)";
    case "ExportAllDeclaration":
      return node.exported === null ? null : "export * as (Safari 14.1)";
    case "Literal":
      return newerLiteral(node);
    default:
      return null;
  }
}

/**
 * @param {{ raw?: string, bigint?: string, regex?: { pattern: string, flags: string } }} literal
 * @returns {string | null}
 */
function newerLiteral({ raw = "", bigint, regex }) {
  if (regex) {
    if (/\(\?<[=!]/.test(regex.pattern)) return "a lookbehind (Safari 16.4)";
    return /[dv]/.test(regex.flags) ? `the flag of /…/${regex.flags} (Chromium 90, Safari 15)` : null;
  }
  if (bigint != null) return "a BigInt (Safari 14)";
  return /^\d[\d.]*_/.test(raw) ? "1_000 (Safari 13; not before)" : null;
}

/**
 * @param {any} node
 * @returns {string | null}
 */
function newerName({ type, name, callee, object, property, computed }) {
  if (type === "CallExpression") return listed(NEWER_CALLS, callee.property?.name ?? globalName(callee));
  if (type === "Identifier" && /^[A-Z]/.test(name)) return listed(NEWER_NAMES, name);
  if (type !== "MemberExpression" || computed) return null;
  const after = NEWER_AFTER.find(([left, right]) => object.name === left && property.name === right);
  return after ? `${after[0]}.${after[1]} (${after[2]})` : listed(NEWER_NAMES, property.name);
}

/**
 * Short names are what the build made of the code's own.
 * @param {{ name?: string }} callee
 */
function globalName({ name = "" }) {
  return name.length > 3 ? name : undefined;
}

/**
 * @param {Record<string, string>} table
 * @param {string | undefined} name
 */
function listed(table, name) {
  return name === undefined || !Object.hasOwn(table, name) || name in FALLBACK
    ? null
    : `${name} (${table[name]})`;
}

/**
 * What newer browsers understand in a style, and the oldest do not. What they may ignore without harm is not listed:
 * how lines are balanced, how far a scroll goes.
 * @type {[RegExp, string][]}
 */
const NEWER_STYLE = [
  [/[{;]inset(-[a-z-]+)?:/, "inset (Chromium 87, Safari 14.1)"],
  [/[{;](margin|padding)-(inline|block)(-start|-end)?:/, "logical margins (Chromium 87, Safari 14.1)"],
  [/[{;]aspect-ratio:/, "aspect-ratio (Chromium 88, Safari 15)"],
  [/[{;]accent-color:/, "accent-color (Chromium 93, Safari 15.4)"],
  [/:(is|where)\(/, ":is() and :where() (Chromium 88, Safari 14)"],
  [/:has\(/, ":has() (Chromium 105, Safari 15.4)"],
  [/\d(dvh|svh|lvh|dvw|svw|lvw|cqw|cqh)\b/, "dvh (Chromium 108, Safari 15.4)"],
  [/color-mix\(|oklch\(|lab\(/, "newer colours (Chromium 111, Safari 15)"],
  [/@(container|layer|scope|starting-style)\b/, "newer @rules (Chromium 99, Safari 15.4)"],
  [/[{;]content-visibility:/, "content-visibility (Chromium 85, Safari 18)"],
  [/\boverflow(-[xy])?:clip/, "overflow: clip (Chromium 90, Safari 16)"],
  [/&[.:[ >]/, "nested rules (Chromium 112, Safari 16.5)"],
  [/light-dark\(/, "light-dark() (Chromium 123, Safari 17.5)"],
  [/@media[^{]*\((width|height)\s*[<>]/, "ranges in @media (Chromium 104, Safari 16.4)"],
];

/**
 * @param {string} style minified
 * @returns {string[]}
 */
export function styleFindings(style) {
  const found = NEWER_STYLE.flatMap(([pattern, name]) => (pattern.test(style) ? [name] : []));
  // A list in which they do not know one selector is ignored as a whole. Alone it may be: their own ring is shown then.
  for (const [, selectors = ""] of style.matchAll(/(?:^|[{}])([^{}@;]+)\{/g)) {
    const parts = selectors.split(",");
    const knows = parts.filter((part) => !part.includes(":focus-visible"));
    if (knows.length > 0 && knows.length < parts.length)
      found.push(`:focus-visible in the list ${selectors}`);
  }
  return found;
}

/**
 * The files of the widget: all that is built but the console's and the pages'.
 * @param {string} front
 */
export function widgetFiles(front) {
  /** @type {Record<string, { file: string, css: string[] }>} */
  const manifest = JSON.parse(readFileSync(join(front, "manifest.json"), "utf-8"));
  const others = Object.entries(manifest).flatMap(([source, { file, css }]) =>
    source.startsWith("widget/") ? [] : [file, ...css],
  );
  const names = readdirSync(join(front, "assets")).map((name) => `assets/${name}`);
  return ["loader.js", "panel.js", "swt.js", "invite.js", "card.js", ...names].filter(
    (name) => /\.(js|css)$/.test(name) && !others.includes(name),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const front = join(dirname(fileURLToPath(import.meta.url)), "..", "build", "front");
  for (const name of widgetFiles(front)) {
    const text = readFileSync(join(front, name), "utf-8");
    for (const found of name.endsWith(".js") ? scriptFindings(text) : styleFindings(text)) {
      process.stdout.write(`${name}: ${found}\n`);
    }
  }
}
