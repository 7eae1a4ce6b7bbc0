// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { Desk } from "../desk/desk";
import { entry, FakeLink, li, NOON, row, waitingRow, wang } from "../desk/testing";
import { watch } from "./alerts";
import { play } from "./sound";

vi.mock("./sound", () => ({ play: vi.fn() }));

let link: FakeLink;
let desk: Desk;
const heard = () => vi.mocked(play).mock.calls.map(([tone]) => tone);

beforeEach(() => {
  vi.useFakeTimers();
  vi.mocked(play).mockClear();
  link = new FakeLink();
  desk = new Desk(link.asLink);
  watch(desk);
});

const put = (version: number, ...rows: ReturnType<typeof row>[]) =>
  link.hear({ type: "conversations", version, put: rows });
const left = (id: string, owner: typeof li | null) => ({
  id,
  site: "demo",
  department: "gynecology",
  group: "gynecology",
  kind: "question" as const,
  language: "zh",
  body: "请回电",
  left_at: NOON,
  due_at: NOON + 60_000,
  owner,
});
const later = (ms: number) => {
  link.now += ms;
  desk.tick();
  vi.advanceTimersByTime(ms);
};

test("a conversation that is assigned to me plays a tone at once", () => {
  link.greet([waitingRow("a", NOON)]);
  put(2, row("a", { replied: false, unanswered_since: NOON }));
  expect(heard()).toEqual(["arrival"]);
});

test("a conversation that I have taken myself plays no tone", () => {
  link.greet([waitingRow("a", NOON)]);
  desk.expected.add("a");
  put(2, row("a"));
  expect(heard()).toEqual([]);
});

test("a 留言 that becomes mine plays a tone, and one that I have taken does not", () => {
  link.greet([]);
  link.hear({ type: "offline", version: 1, whole: true, put: [left("a", null), left("b", null)] });
  link.hear({ type: "offline", version: 2, put: [left("a", li)] });
  expect(heard()).toEqual(["arrival"]);
  expect(desk.notices.shown.value).toHaveLength(1);
  desk.expected.add("b");
  link.hear({ type: "offline", version: 3, put: [left("b", li)] });
  expect(heard()).toEqual(["arrival"]);
});

test("messages in a conversation that I have joined sound like those in my own", () => {
  const joined = { owner: wang, participants: [{ person: li, asked_for: "join" as const, joined: true }] };
  link.greet([row("a", joined), row("b", { owner: wang })]);
  for (const id of ["a", "b"]) {
    link.hear({ type: "live", conversation: id, epoch: "e", seq: 0 });
    link.hear(entry(id, 1));
  }
  expect(heard()).toEqual(["message"]);
});

test("a ring stops while the server is unreachable, and when its offer expires", () => {
  const offer = { id: "o", kind: "ring", ends_at: NOON + 15_000, mine: true } as const;
  link.greet([waitingRow("a", NOON, { offer })]);
  expect(heard()).toEqual(["ring"]);
  link.enter("connecting");
  later(10_000);
  expect(heard()).toEqual(["ring"]);
  link.enter("live");
  expect(heard()).toEqual(["ring", "ring"]);
  later(5_000);
  later(20_000);
  expect(heard()).toEqual(["ring", "ring"]);
});

test("no tone says that a visitor waits while nothing can be answered", () => {
  link.greet([row("a", { unanswered_since: NOON - 90_000 })]);
  expect(heard()).toEqual(["overdue"]);
  link.enter("connecting");
  later(60_000);
  expect(heard()).toEqual(["overdue"]);
});

test("an alarm sounds and flashes in the title until acknowledged, and not while the server is unreachable", () => {
  link.greet([]);
  const alarm = {
    id: "a",
    kind: "emergency" as const,
    label: "a",
    group: "gynecology",
    department: "gynecology",
    since: NOON,
    state: "waiting" as const,
    emergency: "body",
    level: "critical" as const,
  };
  link.hear({ type: "alarms", alarms: [alarm] });
  expect(heard()).toEqual(["emergency"]);
  expect(document.title).toContain("紧急提醒");
  link.enter("away");
  later(10_000);
  expect(heard()).toEqual(["emergency"]);
  link.enter("live");
  expect(heard()).toEqual(["emergency", "emergency"]);
  link.hear({ type: "alarms", alarms: [{ ...alarm, acknowledged_by: li, acknowledged_at: link.now }] });
  later(20_000);
  expect(heard()).toEqual(["emergency", "emergency"]);
  expect(document.title).not.toContain("紧急提醒");
});
