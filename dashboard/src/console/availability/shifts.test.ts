import { expect, test } from "vitest";
import { NOON } from "../desk/testing";
import { stage } from "./shifts";

const MINUTE = 60_000;
const shift = {
  name: "早班",
  starts_at: NOON,
  ends_at: NOON + 480 * MINUTE,
  check_in_from: NOON - 5 * MINUTE,
  receives_from: NOON + 10 * MINUTE,
};
const here = { ...shift, checked_in_at: NOON - MINUTE };

test("签到 opens before the shift begins and stays open until it is done or the shift is over", () => {
  expect(stage(shift, NOON - 6 * MINUTE)).toBe("later");
  expect(stage(shift, NOON - 5 * MINUTE)).toBe("open");
  expect(stage(shift, NOON + 60 * MINUTE)).toBe("open");
  expect(stage(shift, NOON + 480 * MINUTE)).toBe("over");
});

test("a consultant who is here gets conversations from ten minutes after the start on", () => {
  expect(stage(here, NOON)).toBe("warming");
  expect(stage(here, NOON + 10 * MINUTE)).toBe("running");
  expect(stage(here, NOON + 480 * MINUTE)).toBe("over");
});
