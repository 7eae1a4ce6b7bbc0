import { expect, test } from "vitest";
import { changed, emptyList } from "./liveList";

const whole = changed(emptyList<{ id: string; name: string }>(), {
  version: 7,
  whole: true,
  put: [
    { id: "a", name: "one" },
    { id: "b", name: "two" },
  ],
});

test("a whole list replaces everything, whatever its version", () => {
  const again = changed(whole, { version: 1, whole: true, put: [{ id: "c", name: "three" }] });
  expect([...again.items.keys()]).toEqual(["c"]);
  expect(again.version).toBe(1);
});

test("the next version adds rows and removes rows", () => {
  const next = changed(whole, { version: 8, put: [{ id: "a", name: "other" }], gone: ["b"] });
  expect([...next.items.values()]).toEqual([{ id: "a", name: "other" }]);
});

test("a missed version makes the list stale and changes no row", () => {
  const next = changed(whole, { version: 9, gone: ["a"] });
  expect(next.stale).toBe(true);
  expect(next.items).toBe(whole.items);
});

test("a stale list stays as it is until the whole list arrives", () => {
  const stale = changed(whole, { version: 9 });
  expect(changed(stale, { version: 8, gone: ["a"] })).toBe(stale);
  expect(changed(stale, { version: 10, whole: true }).stale).toBe(false);
});

test("an old version is dropped", () => {
  expect(changed(whole, { version: 7, gone: ["a"] })).toBe(whole);
});
