import { expect, test } from "vitest";
import { NOON, row, welcome } from "../desk/testing";
import { overdue } from "./overdue";

const waits = [row("a", { unanswered_since: NOON })];
const at = (ms: number, heard = new Map<string, number>()) =>
  overdue(heard, waits, welcome.clocks, NOON + ms);

test("the tone sounds once when the wait turns red, not while it is amber", () => {
  expect(at(59_999).sounds).toBe(false);
  const red = at(60_000);
  expect(red.sounds).toBe(true);
  expect(overdue(red.heard, waits, welcome.clocks, NOON + 61_000).sounds).toBe(false);
});

test("it sounds again after 30 s", () => {
  const red = at(60_000);
  expect(overdue(red.heard, waits, welcome.clocks, NOON + 90_000).sounds).toBe(true);
});

test("after an answer the next red wait sounds at once", () => {
  const answered = overdue(at(60_000).heard, [row("a")], welcome.clocks, NOON + 61_000);
  expect(answered.heard.size).toBe(0);
});
