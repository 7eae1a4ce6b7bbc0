import { expect, test } from "vitest";
import { ServerClock } from "./clock";

function clocks() {
  const at = { wall: 5_000, steady: 70 };
  return { at, now: () => at.wall, steady: () => at.steady };
}

function both(clock: ServerClock): [number, number] {
  return [clock.least(), clock.now()];
}

test("it gives the server's time from the moment the page was made", () => {
  const world = clocks();
  const clock = new ServerClock(1_000_000, world);
  expect(both(clock)).toEqual([1_000_000, 1_000_000]);
  world.at.wall += 2_000;
  world.at.steady += 2_000;
  expect(both(clock)).toEqual([1_002_000, 1_002_000]);
});

test("when a clock was set or has slept, the time passed lies between what the two clocks say", () => {
  const back = clocks();
  const clock = new ServerClock(1_000_000, back);
  back.at.wall -= 3_600_000;
  back.at.steady += 60_000;
  expect(both(clock)).toEqual([1_000_000, 1_060_000]);
  const forward = clocks();
  const other = new ServerClock(1_000_000, forward);
  forward.at.wall += 900_000;
  forward.at.steady += 1_000;
  expect(both(other)).toEqual([1_001_000, 1_900_000]);
});

test("the server's latest time replaces earlier ones", () => {
  const world = clocks();
  const clock = new ServerClock(1_000_000, world);
  world.at.wall += 7_200_000;
  expect(clock.now()).toBe(8_200_000);
  clock.sync(1_000_500);
  expect(both(clock)).toEqual([1_000_500, 1_000_500]);
});

test("a page's age never goes back, and counts sleep and changed clocks at their maximum", () => {
  const world = clocks();
  const clock = new ServerClock(1_000_000, world);
  world.at.wall += 60_000; // asleep
  expect(clock.age()).toBe(60_000);
  world.at.wall -= 3_600_000; // set back
  world.at.steady += 5_000;
  expect(clock.age()).toBe(65_000);
  clock.sync(7);
  world.at.wall += 1_000;
  world.at.steady += 1_000;
  expect(clock.age()).toBe(66_000);
});

test("without a server time this machine's clock is used", () => {
  expect(new ServerClock(undefined, clocks()).now()).toBe(5_000);
});
