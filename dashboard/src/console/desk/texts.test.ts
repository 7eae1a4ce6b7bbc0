import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "../../../texts/en.po";
import zh from "../../../texts/zh.po";
import { REFUSALS, refusalSentence } from "../../shared/refusalText";
import { language } from "../../shared/texts";
import { OUTCOMES } from "./conversationActions";

const folder = join(import.meta.dirname, "../..");
const sources = readdirSync(folder, { recursive: true, encoding: "utf-8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes("test"))
  .map((name) => readFileSync(join(folder, name), "utf-8"))
  .join("\n");

/** The keys `"console.…"` in the sources, and the beginnings of keys that are composed. */
const written = new Set([...sources.matchAll(/"(console(?:\.[a-z_]+)+)"/g)].map((found) => found[1] ?? ""));
const begun = [...sources.matchAll(/`(console\.[a-z_.]+\.)\$\{/g)].map((found) => found[1] ?? "");
const keys = Object.keys(zh).filter((key) => key.startsWith("console."));

test("every text that the console names is in both catalogues", () => {
  const isBeginning = (key: string) => keys.some((each) => each.startsWith(`${key}.`));
  const missing = [...written].filter((key) => (!(key in zh) || !(key in en)) && !isBeginning(key));
  expect(missing).toEqual([]);
});

test("every text of the console is named somewhere", () => {
  const parents = [...begun, ...[...written].map((key) => `${key}.`)];
  const unused = keys.filter((key) => !written.has(key) && !parents.some((parent) => key.startsWith(parent)));
  expect(unused).toEqual([]);
});

test("every refusal and every outcome has a sentence", () => {
  const refusals = REFUSALS.filter((code) => !["offer_gone", "not_serving"].includes(code));
  expect(refusals.filter((code) => !(`console.refused.${code}` in zh))).toEqual([]);
  expect(OUTCOMES.filter((outcome) => !(`outcome.${outcome}` in zh))).toEqual([]);
});

test("a consultant who was too late reads who was first", () => {
  language.value = "zh";
  expect(refusalSentence({ code: "offer_gone", details: { why: "taken", by: "李晓燕" } })).toBe(
    "已被 李晓燕 接入。",
  );
});

test("an unknown code is shown as an internal fault", () => {
  language.value = "en";
  expect(refusalSentence({ code: "brand_new", details: {} })).toMatch(/^Something went wrong/);
});
