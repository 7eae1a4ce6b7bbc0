import { expect, test } from "vitest";
import { tellZone } from "../../shared/zone";
import { daysAt, EMPTY, grouped, looksLikePhone, masked, partsOfToday, stillPossible } from "./fields";

tellZone("Asia/Shanghai");

/** A time of 21 November 2026 in Shanghai. */
const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 21, hour - 8, minute);

test.each([
  ["13812345678", "138 1234 5678"],
  ["138-1234-5678", "138 1234 5678"],
  [" 138 123 45678 ", "138 1234 5678"],
  ["0731-88880000", "0731-88880000"],
  ["+442079460018", "+442079460018"],
  ["1381234567", "1381234567"],
  ["１３８ １２３４ ５６７８", "138 1234 5678"],
  ["＋86 138-1234-5678", "138 1234 5678"],
  ["0086 13812345678", "138 1234 5678"],
])("the number %s is read back as %s", (phone, shown) => {
  expect(grouped(phone)).toBe(shown);
});

test.each([
  [9, ["morning", "afternoon", "evening"]],
  [12, ["afternoon", "evening"]],
  [20, ["evening"]],
  [21, []],
])("at %i o'clock today has the parts %j", (hour, parts) => {
  expect(partsOfToday(at(hour))).toEqual(parts);
  expect(daysAt(at(hour)).includes("today")).toBe(parts.length > 0);
});

test("a wish that has passed becomes the next one that is possible", () => {
  const wish = { ...EMPTY, day: "today", part: "morning" } as const;
  expect(stillPossible(wish, at(9))).toEqual(wish);
  expect(stillPossible(wish, at(15))).toMatchObject({ day: "today", part: "afternoon" });
  expect(stillPossible(wish, at(22))).toMatchObject({ day: "tomorrow", part: "morning" });
  expect(stillPossible(EMPTY, at(22))).toEqual(EMPTY);
});

test.each([
  ["138 1234 5678", true],
  ["0731-88880000转12", true],
  ["１３８１２３４５６７８", true],
  ["（０７３１）８８８８－００００", true],
  ["0731–88880000 分机 12", true],
  ["12", false],
  ["明天", false],
  ["", false],
])("%j looks like a phone number: %s", (phone, is) => {
  expect(looksLikePhone(phone)).toBe(is);
});

test.each(["13812345678", "１３８ １２３４ ５６７８", "+86 138-1234-5678"])(
  "of %s only the ends stay visible",
  (phone) => {
    expect(masked(phone)).toBe("138****5678");
  },
);

test("of a landline, too", () => {
  expect(masked("0731-8888 0000")).toBe("073****0000");
});
