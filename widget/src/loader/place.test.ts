import fc from "fast-check";
import { expect, test } from "vitest";
import { at, placeOf } from "./place";

test.each<[string | undefined, [number, number]]>([
  [undefined, [20, 20]],
  ["", [20, 20]],
  ["32", [32, 32]],
  ["20,80", [20, 80]],
  [" 8 , 0 ", [8, 0]],
  ["0", [0, 0]],
  ["-40", [20, 20]],
  ["16,-9999", [16, 20]],
  ["20px", [20, 20]],
  ["right", [20, 20]],
  ["NaN,Infinity", [20, 20]],
  ["1e9,1e308", [20, 20]],
  ["20,80,7", [20, 80]],
])("data-offset %j is %j", (offset, place) => {
  expect(placeOf(offset)).toEqual(["right", ...place]);
});

test("whatever the tag says, the style has two distances within the window", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.double().map(String), fc.tuple(fc.double(), fc.double()).map(String)),
      (offset) => {
        for (const px of placeOf(offset).slice(1) as number[]) expect(px >= 0 && px < 100_000).toBe(true);
        expect(at(placeOf(offset), 1, 1)).not.toMatch(/NaN|Infinity|undefined|\(-/);
      },
    ),
  );
});

test.each([
  ["left", "left"],
  ["right", "right"],
  ["top;color:red", "right"],
  [undefined, "right"],
])("data-position %j is the %s side", (position, side) => {
  expect(placeOf("20", position)[0]).toBe(side);
  expect(at(placeOf("20", position), 1, 1)).toContain(`${side}:20px;`);
});
