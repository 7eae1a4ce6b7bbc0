import { expect, test } from "vitest";
import { spelledOut as shown } from "./hiddenCharacters";

test("characters that reorder or hide text are shown by their codes", () => {
  expect(shown("a\u202Eb\u200Bc\uFEFF")).toBe("a[U+202E]b[U+200B]c[U+FEFF]");
});

test("ordinary text, Chinese, line breaks and emoji stay as they are", () => {
  for (const text of ["", "您好，\n请问", "👨‍👩‍👧 ❤️‍🔥 👍🏽", "مرحبا"]) expect(shown(text)).toBe(text);
});

test("a joiner outside an emoji is shown", () => {
  expect(shown("a\u200Db")).toBe("a[U+200D]b");
});
