import { expect, test } from "vitest";
import { scriptFindings, styleFindings } from "./floors.mjs";

test.each([
  "a?.b",
  "a ?? b",
  "a ??= b",
  "class A { field = 1 }",
  "class A { #own() {} }",
  "await a",
  "10n",
  "/(?<=a)b/",
  "/(?<!a)b/",
  "/a/d",
  "export * as a from 'b'",
  "structuredClone(a)",
  "crypto.randomUUID()",
  "a.at(-1)",
  "Object.hasOwn(a, b)",
  "a.replaceAll(b, c)",
  "AbortSignal.timeout(1)",
  "Promise.any(a)",
  "new WeakRef(a)",
  "new BroadcastChannel(a)",
  "a.replaceChildren()",
  "navigator.locks",
  "this is no script",
])("a script with %s is refused", (code) => {
  expect(scriptFindings(code)).not.toEqual([]);
});

test.each([
  "const { a, ...b } = c; async () => { await a; for await (const d of e) {} }",
  "import('a').catch(() => {}); import.meta.url",
  "try { a } catch {}",
  "a.at = 1; b = { at: a.at, has: a.any }",
  "/(?<name>a)\\p{L}/su",
  "typeof ResizeObserver; Promise.allSettled(a); a.flatMap(b); a.matchAll(b)",
])("a script with %s is accepted", (code) => {
  expect(scriptFindings(code)).toEqual([]);
});

test.each([
  "a{inset:0}",
  "a{color:red;aspect-ratio:1}",
  "a{margin-inline:1px}",
  ":is(a,b){color:red}",
  "a:has(b){color:red}",
  "a{height:100dvh}",
  "@layer a{b{color:red}}",
  "a{color:color-mix(in srgb,red,blue)}",
  "@media (width<600px){a{color:red}}",
  "a:hover,a:focus-visible{color:red}",
])("a style with %s is refused", (style) => {
  expect(styleFindings(style)).not.toEqual([]);
});

test.each([
  "a{top:0;padding-bottom:env(safe-area-inset-bottom);max-height:calc(100vh - 1px)}",
  "a:focus-visible{color:red}b:focus-visible,c:focus-visible{color:red}",
  "@media (min-width:600px){a,b{color:red}}",
])("a style with %s is accepted", (style) => {
  expect(styleFindings(style)).toEqual([]);
});
