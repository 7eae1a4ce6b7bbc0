import { expect, test } from "vitest";
import { asSent, onlyText } from "./messageText";
import examples from "./messageText.examples.json";

test.each(examples)("what is sent for $what", ({ written, sent }) => {
  expect(asSent(written)).toBe(sent);
});

test.each([
  "\u0000",
  "\u0001",
  "\u0007",
  "\b",
  "\u001b",
  "\u001f",
  "\u007f",
  "\u0080",
  "\u009f",
  "\ud800",
  "\udfff",
])("%j is removed, because the server would refuse the whole message", (noText) => {
  expect(asSent(`您${noText}好`)).toBe("您好");
  expect(asSent(noText)).toBe("");
});

test("unfinished text keeps its spaces", () => {
  expect(onlyText(" 一\u000b二\u0007 ")).toBe(" 一\n二 ");
});

test("cleaning a cleaned text changes nothing, for every single character", () => {
  for (let code = 0; code < 0x11_0000; code += code < 0x3000 ? 1 : 17) {
    const sent = asSent(String.fromCodePoint(code));
    expect(asSent(sent)).toBe(sent);
  }
});
