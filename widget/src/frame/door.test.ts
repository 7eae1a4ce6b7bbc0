// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeWorld, fakeStorage } from "../link/fakes";
import { ServerClock } from "./clock";
import { Door } from "./door";
import { ModelHospital } from "./modelhospital";

const BOOT = { site: "demo", language: "zh", department: null, origins: [], version: "1", zone: "" } as const;
const MINUTE = 60_000;

/** A shared computer with one tab, in which something has been written. */
function begun() {
  const world = new FakeWorld();
  const hospital = new ModelHospital(() => world.time);
  vi.stubGlobal("fetch", hospital.fetch);
  world.connect = (_url, events) => hospital.connect(events, (run) => void world.setTimer(run, 1));
  const local = fakeStorage();
  const at = { wrong: 0 };
  const tab = (storage = fakeStorage()) => {
    const clocks = { now: () => world.time + at.wrong, steady: () => world.time };
    let look = () => {};
    const around = {
      world,
      clock: new ServerClock(world.time, clocks),
      isPhone: false,
      onLook: (looks: () => void) => {
        look = looks;
      },
      onTouch: () => {},
    };
    const storages = { local: { storage: local, lasts: true }, tab: { storage, lasts: true } };
    const door = new Door({ ...BOOT, origins: [] }, storages, () => "zh", around);
    door.start();
    return { door, clock: around.clock, look: () => look() };
  };
  const first = tab();
  first.door.chat?.write("我可能得了");
  return { world, at, tab, ...first };
}

beforeEach(() => vi.stubGlobal("WebSocket", undefined));
afterEach(() => vi.unstubAllGlobals());

test("a question is not taken back because a clock was wrong", () => {
  const { door, at, clock, look, world } = begun();
  at.wrong += 20 * MINUTE;
  look();
  expect(door.asks).toBe(true);
  // The server tells its time: it is not so late after all.
  clock.sync(world.time);
  look();
  expect(door.asks).toBe(true);
  door.goOn();
  expect([door.asks, door.chat?.draft]).toEqual([false, "我可能得了"]);
});

test("whoever answers in one tab has answered in all", () => {
  const { door, world, tab, look } = begun();
  const other = tab();
  world.time += 11 * MINUTE;
  look();
  other.look();
  expect([door.asks, other.door.asks]).toEqual([true, true]);
  other.door.goOn();
  look();
  expect([door.asks, door.chat?.draft]).toEqual([false, "我可能得了"]);
});

test("somebody else who says so in one tab is somebody else in all", () => {
  const { door, world, tab, look } = begun();
  const other = tab();
  world.time += 11 * MINUTE;
  look();
  other.look();
  other.door.change();
  look();
  expect([door.asks, door.chat?.draft, other.door.chat?.draft]).toEqual([false, "", ""]);
});

test("what the chat of the person before still hears is begun by nobody", () => {
  const { door, world, tab, look } = begun();
  const before = door.chat;
  const other = tab();
  world.time += 11 * MINUTE;
  look();
  other.look();
  other.door.change();
  look();
  before?.write("还在路上的话");
  world.time += 11 * MINUTE;
  expect(tab().door.asks).toBe(false);
});
