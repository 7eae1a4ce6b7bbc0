import { expect, test } from "vitest";
import en from "../../../texts/en.po";
import zh from "../../../texts/zh.po";
import { Catalogue } from "../../shared/catalogue";
import { REASONS, whyNot } from "./reasons";

const CODES = [...REASONS, "internal"];

const say = (language: "zh" | "en") => {
  const catalogue = new Catalogue({ zh, en }, language);
  return (code: string, phone = "") =>
    whyNot({ code, seconds: 7 }, phone, (key, params) => catalogue.t(key, params));
};

test.each(["zh", "en"] as const)("every refusal has a sentence of its own (%s)", (language) => {
  const said = CODES.map((code) => say(language)(code));
  expect(new Set(said).size).toBe(CODES.length);
  expect(said.filter((text) => text.includes("file.why") || text.includes("{"))).toEqual([]);
});

test("Chinese sentences end with full-width punctuation", () => {
  expect(
    CODES.map((code) => say("zh")(code)).filter((text) => !/。$/.test(text) || /[,;:?!]/.test(text)),
  ).toEqual([]);
});

test("it says how long to wait", () => {
  expect(say("zh")("rate_limited")).toContain("7 秒");
});

test("where the hospital's side cannot take it, the phone is named", () => {
  expect(say("zh")("file_storage", "0731-8888")).toContain("0731-8888");
  expect(say("zh")("file_type", "0731-8888")).not.toContain("0731-8888");
});
