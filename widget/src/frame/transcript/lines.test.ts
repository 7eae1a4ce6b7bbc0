import { expect, test } from "vitest";
import type { Entry, Event } from "../../shared/frames";
import { entry } from "../../shared/link/fakes";
import { tellZone } from "../../shared/zone";
import { lines, PAUSE_MS } from "./lines";

const NOON = new Date(2026, 10, 21, 12).getTime();
const LI = { name: "李雯", number: "012", title: "consultant" } as const;
const ZHANG = { name: "张敏", number: "027", title: "nurse" } as const;

function mine(seq: number, at = NOON): Entry {
  return { ...entry(seq, "问", "e1", `ref${seq}`), at };
}

function theirs(seq: number, at = NOON, person: typeof LI | typeof ZHANG = LI): Entry {
  return { ...entry(seq, "答"), at, author: { kind: "consultant", person } };
}

function shape(entries: Entry[]) {
  return lines({ entries, pending: [] }).map((line) =>
    line.kind === "bubble"
      ? `${line.mine ? "mine" : "theirs"}${line.first ? " first" : ""}${line.last ? " last" : ""}`
      : line.kind,
  );
}

test("consecutive messages of one person form one group", () => {
  expect(shape([mine(1), mine(2), theirs(3)])).toEqual([
    "day",
    "mine first",
    "mine last",
    "theirs first last",
  ]);
});

test("another consultant begins another group", () => {
  expect(shape([theirs(1), theirs(2, NOON, ZHANG)])).toEqual([
    "day",
    "theirs first last",
    "theirs first last",
  ]);
});

test("a longer pause gets a time line and ends a group", () => {
  expect(shape([mine(1), mine(2, NOON + PAUSE_MS + 1)])).toEqual([
    "day",
    "mine first last",
    "time",
    "mine first last",
  ]);
});

function happened(seq: number, at = NOON, name: Event["name"] = "returned_to_queue"): Entry {
  return { ...entry(seq), kind: "event", at, event: { name } as Event };
}

test("two events between messages are both shown", () => {
  expect(shape([mine(1), happened(2), happened(3), mine(4)])).toEqual([
    "day",
    "mine first last",
    "event",
    "event",
    "mine first last",
  ]);
});

test("of three or more events the last one is shown, and the others are folded before it", () => {
  const all = [mine(1), happened(2), happened(3), happened(4), happened(5, NOON, "assigned"), theirs(6)];
  expect(shape(all)).toEqual(["day", "mine first last", "fold", "event", "theirs first last"]);
  const [fold, last] = lines({ entries: all, pending: [] }).slice(2);
  expect(fold).toMatchObject({ events: 3, lines: [{ kind: "event" }, { kind: "event" }, { kind: "event" }] });
  expect(last).toMatchObject({ event: { name: "assigned" } });
});

test("a fold contains the times between its events, but not the day lines or the last event's time", () => {
  const later = (n: number) => NOON + n * (PAUSE_MS + 1);
  expect(
    shape([mine(1), happened(2, later(1)), happened(3, later(2)), happened(4, later(3)), mine(5, later(4))]),
  ).toEqual(["day", "mine first last", "time", "fold", "time", "event", "time", "mine first last"]);
  const tomorrow = NOON + 86_400_000;
  expect(shape([happened(1), happened(2), happened(3, tomorrow), happened(4, tomorrow)])).toEqual([
    "day",
    "event",
    "event",
    "day",
    "event",
    "event",
  ]);
});

test("a fold keeps its identity as it grows, and never contains messages", () => {
  const run = [1, 2, 3, 4, 5, 6].map((seq) => happened(seq));
  const keyOf = (entries: Entry[]) =>
    lines({ entries, pending: [] }).find(({ kind }) => kind === "fold")?.key;
  expect(keyOf(run)).toBeDefined();
  expect(keyOf(run.slice(0, 3))).toBe(keyOf(run));
  const parted = run.flatMap((each) => [each, theirs(each.seq + 10)]);
  expect(shape(parted)).not.toContain("fold");
});

test("a new day gets a line", () => {
  expect(shape([mine(1), mine(2, NOON + 86_400_000)]).filter((kind) => kind === "day")).toHaveLength(2);
});

test("a new day begins at the hospital's midnight", () => {
  tellZone("Asia/Shanghai");
  const midnight = Date.UTC(2026, 10, 20, 16);
  expect(shape([mine(1, midnight - 1), mine(2, midnight)])).toEqual([
    "day",
    "mine first last",
    "day",
    "mine first last",
  ]);
  tellZone(undefined);
});

test("a text keeps its key when its entry replaces it, so that it is not read aloud again", () => {
  const pending = {
    ref: "ref1",
    body: "问",
    at: 0,
    conversation: null,
    department: "",
    accepted: false,
    failure: null,
  };
  const before = lines({ entries: [], pending: [pending] }).map(({ key }) => key);
  const after = lines({ entries: [mine(1)], pending: [] }).filter(({ kind }) => kind === "bubble");
  expect(after.map(({ key }) => key)).toEqual(before);
});

test("an event knows who owned the conversation at that time", () => {
  const happened = (seq: number, event: Event): Entry => {
    const { body: _, ...bare } = entry(seq);
    return { ...bare, at: NOON, kind: "event", author: { kind: "system" }, event };
  };
  const entries = [
    happened(1, { name: "assigned", group: "women", consultant: LI }),
    happened(2, { name: "colleague_joined", group: "women", consultant: ZHANG }),
    happened(3, { name: "transferred", group: "women", consultant: ZHANG }),
  ];
  const owners = lines({ entries, pending: [] })
    .flatMap((line) => (line.kind === "fold" ? line.lines : line))
    .map((line) => (line.kind === "event" ? line.owner?.name : ""));
  expect(owners).toEqual(["", "李雯", "李雯", "张敏"]);
});
