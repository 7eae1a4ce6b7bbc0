import { expect, test } from "vitest";
import { inAscii, tel } from "./phone";

test.each([
  ["１３８　１２３４　５６７８", "138 1234 5678"],
  ["＋８６（０７３１）８８８８－００００", "+86(0731)8888-0000"],
  ["0731–8888—0000", "0731-8888-0000"],
  [" 138 1234 5678 ", "138 1234 5678"],
])("%j typed is %s", (typed, ascii) => {
  expect(inAscii(typed)).toBe(ascii);
});

test("a link holds nothing but the digits and the plus", () => {
  expect([tel("0731-8888 0120"), tel("+86 138 1234 5678")]).toEqual([
    "tel:073188880120",
    "tel:+8613812345678",
  ]);
});
