// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { copied, FakeWorld, fakeStorage } from "../../shared/link/fakes";
import { ServerClock } from "../clock";
import { Door } from "./door";
import { ModelHospital } from "./modelHospital";

const BOOT = { site: "demo", language: "zh", department: null, origins: [], version: "1", zone: "" } as const;
const MINUTE = 60_000;

/** A shared computer with one tab, in which something has been written. */
function begun() {
  const { door, ...rest } = computer();
  door.chat?.write("我可能得了");
  return { door, ...rest };
}

/** A shared computer with one tab. */
function computer() {
  const world = new FakeWorld();
  const hospital = new ModelHospital(() => world.time);
  vi.stubGlobal("fetch", hospital.fetch);
  world.connect = (_url, events) => hospital.connect(events, (run) => void world.setTimer(run, 1));
  const shared = fakeStorage();
  const at = { wrong: 0 };
  const tab = (storage = fakeStorage(), local = shared) => {
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
    const gone = vi.fn();
    const door = new Door({ ...BOOT, origins: [] }, storages, () => "zh", around, gone);
    door.start();
    return { door, gone, clock: around.clock, look: () => look() };
  };
  return { world, at, hospital, tab, shared, ...tab() };
}

beforeEach(() => vi.stubGlobal("WebSocket", undefined));
afterEach(() => vi.unstubAllGlobals());

test("a question is not taken back when a wrong clock is corrected", () => {
  const { door, at, clock, look, world } = begun();
  at.wrong += 20 * MINUTE;
  look();
  expect(door.asks).toBe(true);
  // The server sends its time: it is not as late as it seemed.
  clock.sync(world.time);
  look();
  expect(door.asks).toBe(true);
  door.goOn();
  expect([door.asks, door.chat?.draft]).toEqual([false, "我可能得了"]);
});

/** Two tabs that ask who sits there now. */
function asking() {
  const one = begun();
  const other = one.tab();
  one.world.time += 11 * MINUTE;
  one.look();
  other.look();
  return { ...one, other };
}

test.each([
  ["快速离开 and 清除本机记录", (door: Door) => door.clear(), true],
  ["换人了", (door: Door) => door.change(), true],
  ["an end", (door: Door) => door.finished(), false],
])("after %s whoever comes is somebody else: %#", (_, act, left) => {
  const { door, gone } = asking();
  gone.mockClear();
  act(door);
  expect(gone.mock.calls.some(([said]) => said === true)).toBe(left);
  expect(gone).toHaveBeenCalled();
});

test("an answer in one tab is an answer in all tabs", () => {
  const { door, other, look } = asking();
  expect([door.asks, other.door.asks]).toEqual([true, true]);
  other.door.goOn();
  look();
  expect([door.asks, door.chat?.draft]).toEqual([false, "我可能得了"]);
});

test.each([
  ["while it is open", begun],
  ["while it asks", asking],
])("clearing leaves nothing in this browser and ends the token, %s", async (_, made) => {
  const { door, shared, hospital } = made();
  await answered();
  const token = shared.getItem("hchat-token-demo") ?? "";
  expect(token).not.toBe("");
  shared.setItem("hchat-language", "en");
  const turn = door.turn;
  door.clear();
  await answered();
  expect(hospital.ended).toContain(token);
  expect(Object.values(copied(shared)).join()).not.toContain(token);
  expect(shared.getItem("hchat-language")).toBe(null);
  expect([door.asks, door.chat?.draft, door.turn > turn]).toEqual([false, "", true]);
});

test("somebody else in one tab is somebody else in all tabs", () => {
  const { door, other, look } = asking();
  other.door.change();
  look();
  expect([door.asks, door.chat?.draft, other.door.chat?.draft]).toEqual([false, "", ""]);
});

test("frames that the previous person's chat still receives begin nothing", () => {
  const { door, other, look, world, tab } = asking();
  const before = door.chat;
  other.door.change();
  look();
  before?.write("还在路上的话");
  world.time += 11 * MINUTE;
  expect(tab().door.asks).toBe(false);
});

/**
 * Records what one tab does to the shared storage, so that another tab can see it as late as a browser may report it.
 */
function recorded(storage: Storage) {
  const done: ((seen: Storage) => void)[] = [];
  const act = (change: (seen: Storage) => void) => {
    change(storage);
    done.push(change);
  };
  const recording = {
    setItem: { value: (key: string, value: string) => act((seen) => seen.setItem(key, value)) },
    removeItem: { value: (key: string) => act((seen) => seen.removeItem(key)) },
  };
  return { done, storage: Object.create(storage, recording) as Storage };
}

/** What is done in the other tab, and after how long. */
const ACTS: [string, number, (door: Door) => void][] = [
  ["somebody else sits down", 11 * MINUTE, (door) => door.change()],
  ["it is ended", 0, (door) => door.chat?.end()],
  ["everything is cleared", 0, (door) => door.clear()],
];

describe.each(ACTS)("%s in another tab", (_, left, act) => {
  /** This tab has seen the first `heard` changes. Returns how many there are in all. */
  async function hasHeard(heard: number) {
    const { door, world, hospital, tab, shared, look } = computer();
    const words = () => (door.chat?.state.entries ?? []).map(({ body }) => body);
    door.chat?.send("我可能得了〔p1〕", "妇科");
    await answered();
    world.pass(1_000);
    const before = door.chat;
    const { done, storage } = recorded(copied(shared));
    const other = tab(fakeStorage(), storage);
    world.pass(1_000);
    world.time += left;
    look();
    other.look();
    expect(words()).toContain("我可能得了〔p1〕");
    done.splice(0);
    // The request that ends the session at the server is still under way.
    hospital.isDown = true;
    act(other.door);
    hospital.isDown = false;
    for (const change of done.slice(0, heard)) change(shared);
    look();
    await answered();
    world.pass(1_000);
    if (door.chat !== before) expect(words()).toEqual([]);
    for (const change of done.slice(heard)) change(shared);
    look();
    await answered();
    world.pass(1_000);
    expect(words()).toEqual([]);
    return done.length;
  }

  test("nothing of it begins again here, however many of the changes were seen", async () => {
    const all = await hasHeard(0);
    expect(all).toBeGreaterThan(1);
    for (let heard = 1; heard <= all; heard++) await hasHeard(heard);
  });
});

/** Waits until the HTTP requests are answered. */
async function answered() {
  for (let turn = 0; turn < 8; turn++) await null;
}

test.each([
  [true, 5_000],
  [false, 0],
])("what the page notes while it is left belongs to nobody: %s", (quits, after) => {
  const { door, clock } = computer();
  door.clear(quits);
  expect(door.since).toBe(clock.machine() + after);
});

test("what the page noted since the last touch belongs to the one who comes to a chat in which nobody began anything", () => {
  const { door, world, shared, tab } = computer();
  expect(door.since).toBe(0);
  const touched = JSON.parse(shared.getItem("hchat-person-demo") ?? "").touched;
  world.time += 11 * MINUTE;
  expect(tab().door.since).toBe(touched);
});
