import fc from "fast-check";
import { expect, test } from "vitest";
import { NO_NUMBERS, numbered, readBack, withNumber, written } from "./numbers";

test("each conversation gets the lowest free number", () => {
  expect([...numbered(NO_NUMBERS, ["a", "b"])]).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
});

test("a number stays to the end and is free again afterwards", () => {
  const two = numbered(NO_NUMBERS, ["a", "b"]);
  const one = numbered(two, ["b"]);
  expect(withNumber(one, 2)).toBe("b");
  expect(withNumber(numbered(one, ["b", "c"]), 1)).toBe("c");
});

test("the tenth conversation has no number until one is free", () => {
  const ids = [..."abcdefghij"];
  const full = numbered(NO_NUMBERS, ids);
  expect(full.get("j")).toBeUndefined();
  expect(numbered(full, ids.slice(1)).get("j")).toBe(1);
});

test("whatever comes and goes, no number moves and none is used twice", () => {
  const ids = fc.uniqueArray(fc.constantFrom(..."abcdefghijkl"), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(ids), (steps) => {
      let numbers = NO_NUMBERS;
      for (const mine of steps) {
        const next = numbered(numbers, mine);
        for (const id of mine) if (numbers.has(id)) expect(next.get(id)).toBe(numbers.get(id));
        expect(new Set(next.values()).size).toBe(next.size);
        expect(next.size).toBe(Math.min(9, mine.length));
        numbers = next;
      }
    }),
  );
});

test("numbers are restored after a reload, and invalid storage gives none", () => {
  const numbers = numbered(NO_NUMBERS, ["a", "b"]);
  expect(readBack(written(numbers))).toEqual(numbers);
  expect(readBack(null).size).toBe(0);
  expect(readBack("{").size).toBe(0);
  expect(readBack('[["a",77],"b",[1,2]]').size).toBe(0);
});
