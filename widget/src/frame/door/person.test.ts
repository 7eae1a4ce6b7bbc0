import { describe, expect, test } from "vitest";
import { fakeStorage } from "../../shared/link/fakes";
import { isLongAgo, OWN_KEY, OWN_MS, Person, SAID_OWN_MS, SHARED_MS } from "./person";

const MINUTE = 60_000;
const NOON = 1_790_000_000_000;

/** A browser with its clock; each `person` is a page that was loaded in it. */
function machine({ isPhone = false, local = fakeStorage(), tab = fakeStorage() } = {}) {
  const clock = { now: NOON };
  const now = () => clock.now;
  const told = { now, least: now, machine: now, age: () => clock.now - NOON };
  const person = (own = tab) => new Person({ local, tab: own }, "demo", told, isPhone);
  return { local, tab, clock, person };
}

/** Everything in a storage, as text. */
function all(storage: Storage): string {
  return Array.from({ length: storage.length }, (_, place) => {
    const key = storage.key(place) ?? "";
    return `${key}=${storage.getItem(key)}`;
  }).join("\n");
}

describe("the chat asks who somebody is", () => {
  test.each([
    ["after 10 minutes at a shared computer", false, SHARED_MS, true],
    ["not a moment earlier", false, SHARED_MS - 1, false],
    ["not on a phone within a day", true, OWN_MS - 1, false],
    ["after a day on a phone", true, OWN_MS, true],
    ["when the mark lies in the future", false, -5 * MINUTE, true],
    ["on a phone as well", true, -5 * MINUTE, true],
    ["not for what the network took", false, -2_000, false],
  ])("%s", (_, isPhone, passed, asks) => {
    expect(isLongAgo(NOON, NOON + passed, isPhone ? OWN_MS : SHARED_MS)).toBe(asks);
  });

  test("after thirty days on a device that is said to be one's own, and as before once it is cleared", () => {
    const { local, clock, person } = machine();
    person().begin();
    local.setItem(OWN_KEY, "yes");
    clock.now += SAID_OWN_MS - 1;
    expect(person().isAway).toBe(false);
    clock.now += 1;
    expect(person().isAway).toBe(true);
    person().leave();
    expect(local.getItem(OWN_KEY)).toBe(null);
  });

  test("when the last use of a stored token is unknown", () => {
    const older = machine();
    older.local.setItem("hchat-token-demo", "t");
    expect([older.person().isAway, older.person().begun]).toEqual([true, true]);
    const phone = machine({ isPhone: true });
    phone.local.setItem("hchat-token-demo", "t");
    expect(phone.person().isAway).toBe(false);
  });

  test("when the mark cannot be read", () => {
    const { local, person } = machine();
    local.setItem("hchat-token-demo", "t");
    for (const mark of ["{", "null", "{}", '{"id":1,"touched":2}', '{"id":"x","touched":"soon"}']) {
      local.setItem("hchat-person-demo", mark);
      expect(person().isAway).toBe(true);
    }
  });
});

test("a touch in one tab is a touch in all tabs", () => {
  const { clock, person } = machine();
  const one = person();
  const other = person(fakeStorage());
  one.begin();
  clock.now += 9 * MINUTE;
  one.touch();
  clock.now += 9 * MINUTE;
  expect([one.isAway, other.isAway]).toEqual([false, false]);
  clock.now += MINUTE;
  expect([one.isAway, other.isAway]).toEqual([true, true]);
  other.confirm();
  expect([one.isAway, other.isAway]).toEqual([false, false]);
});

test("what was begun in one tab is begun in all, whichever is touched next", () => {
  const { clock, person } = machine();
  const one = person();
  const other = person(fakeStorage());
  one.begin();
  expect(other.begun).toBe(true);
  clock.now += MINUTE;
  other.touch();
  other.confirm();
  expect([one.begun, person(fakeStorage()).begun]).toEqual([true, true]);
});

test("the mark is written every 15 seconds at most", () => {
  const { local, clock, person } = machine();
  const one = person();
  const written: string[] = [];
  for (let second = 0; second < 60; second++) {
    clock.now += 1_000;
    one.touch();
    const mark = local.getItem("hchat-person-demo") ?? "";
    if (written[written.length - 1] !== mark) written.push(mark);
  }
  expect(written.length).toBeLessThanOrEqual(5);
  clock.now += SHARED_MS - 1;
  expect(one.isAway).toBe(false);
});

test("a tab's storage is removed when the tab is loaded again for somebody else", () => {
  const { local, tab, person } = machine();
  person();
  tab.setItem("hchat-draft-demo", "我可能得了");
  person();
  expect(tab.getItem("hchat-draft-demo")).toBe("我可能得了");
  // Somebody else has sat down in another tab since.
  person(fakeStorage()).leave();
  person();
  expect(all(tab)).not.toContain("我可能得了");
  expect(all(local)).not.toContain("我可能得了");
});

test("a new person finds nothing of any site of this hospital, and gets the old tokens to end them", () => {
  const { local, tab, person } = machine();
  const before = person();
  local.setItem("hchat-token-demo", "one");
  local.setItem("hchat-token-other", "two");
  local.setItem("hchat-person-other", "{}");
  local.setItem("hchat-language", "en");
  tab.setItem("hchat-unaccepted-demo", "[]");
  expect(before.leave().sort()).toEqual(["one", "two"]);
  expect(all(local).split("\n")).toHaveLength(1);
  expect(all(tab).split("\n")).toHaveLength(1);
  expect([before.begun, before.isAway, before.isReplaced]).toEqual([false, false, false]);
});

test("while somebody sits down, no other tab finds a token of an unknown person", () => {
  const kept = fakeStorage();
  const seen: (string | null)[][] = [];
  const local = Object.create(kept, {
    removeItem: {
      value: (key: string) => {
        kept.removeItem(key);
        seen.push(["person", "token"].map((name) => kept.getItem(`hchat-${name}-demo`)));
      },
    },
  }) as Storage;
  const before = machine({ local }).person();
  kept.setItem("hchat-token-demo", "t");
  before.leave();
  expect(seen.some(([mark]) => mark === null)).toBe(true);
  for (const [mark, token] of seen) if (mark === null) expect(token).toBeNull();
});

test("an end leaves no token of this site, and the other tabs know of it", () => {
  const { local, tab, person } = machine();
  const one = person();
  const other = person(fakeStorage());
  one.begin();
  local.setItem("hchat-token-demo", "t");
  local.setItem("hchat-token-other", "u");
  tab.setItem("hchat-left-demo", "{}");
  one.finish();
  expect([local.getItem("hchat-token-demo"), local.getItem("hchat-token-other")]).toEqual([null, "u"]);
  expect(tab.getItem("hchat-left-demo")).toBeNull();
  expect([one.isReplaced, other.isReplaced, one.begun]).toEqual([false, true, false]);
});

test("a tab that does not know yet that it was replaced does not bring anybody back", () => {
  const { clock, person } = machine();
  const late = person();
  late.begin();
  const other = person(fakeStorage());
  other.leave();
  clock.now += MINUTE;
  late.touch();
  late.begin();
  late.confirm();
  expect([other.isReplaced, late.isReplaced]).toEqual([false, true]);
  late.join();
  expect([other.isReplaced, late.isReplaced, late.begun]).toEqual([false, false, false]);
});

test("when the storage was cleared, somebody else may sit there", () => {
  const { local, person } = machine();
  const one = person();
  local.clear();
  expect(one.isReplaced).toBe(true);
  // Clears half of it, as an earlier version removes one key after the other.
  local.setItem("hchat-token-demo", "t");
  one.join();
  expect([local.getItem("hchat-token-demo"), one.begun]).toEqual([null, false]);
});

test("a full storage does not mean another person", () => {
  const local = {
    ...fakeStorage(),
    setItem: () => {
      throw new Error("full");
    },
  };
  const one = machine({ local }).person();
  one.begin();
  one.confirm();
  expect([one.isReplaced, one.begun]).toEqual([false, true]);
});

describe("what the browser noted before", () => {
  test("belongs to the one who left, in every tab at once, and after an end as well", () => {
    const { clock, person } = machine();
    const here = person();
    const other = person(fakeStorage());
    expect([here.since, other.since]).toEqual([0, 0]);
    clock.now += MINUTE;
    here.leave();
    clock.now += MINUTE;
    expect([here.since, other.since]).toEqual([NOON + MINUTE, NOON + MINUTE]);
    other.join();
    other.begin();
    other.finish();
    expect(other.since).toBe(NOON + MINUTE);
    expect(person(fakeStorage()).since).toBe(NOON + MINUTE);
  });

  test("belongs to somebody else when the storage was cleared under a tab", () => {
    const { local, clock, person } = machine();
    const here = person();
    clock.now += MINUTE;
    local.clear();
    expect(person().since).toBe(NOON + MINUTE);
    local.clear();
    here.join();
    expect(here.since).toBe(NOON + MINUTE);
  });

  test("a mark of an earlier version says nothing of it", () => {
    const { local, person } = machine();
    local.setItem("hchat-person-demo", JSON.stringify({ id: "a", touched: NOON, begun: true }));
    expect(person().since).toBe(0);
  });
});
