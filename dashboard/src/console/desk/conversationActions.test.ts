// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { maySetDepartment, nextToTake, offer, rights, takeOrTell } from "./conversationActions";
import { Desk } from "./desk";
import { FakeLink, li, NOON, row, supervisor, waitingRow, wang } from "./testing";

let link: FakeLink;
let desk: Desk;

beforeEach(() => {
  sessionStorage.clear();
  link = new FakeLink();
  desk = new Desk(link.asLink);
});

const ring = { id: "o", kind: "ring", ends_at: NOON + 15_000, mine: true } as const;
const settled = () => new Promise((done) => setTimeout(done, 0));
const held = (id: string) => {
  const found = desk.row(id);
  if (found === null) throw new Error(`no row ${id}`);
  return found;
};

test("a ring for me is taken before the queue, and the queue from its head", () => {
  link.greet([
    waitingRow("late", NOON),
    waitingRow("early", NOON - 1),
    waitingRow("rings", NOON, { offer: ring }),
  ]);
  expect(nextToTake(desk)?.id).toBe("rings");
  link.hear({ type: "conversations", version: 2, gone: ["rings"] });
  expect(nextToTake(desk)?.id).toBe("early");
});

test("those who answer set the department, and so does a supervisor of the group", () => {
  link.greet([waitingRow("w", NOON)]);
  const me = desk.me.value;
  if (me === null) throw new Error("nobody");
  const waits = held("w");
  const mine = { ...waits, state: "active" as const, owner: li };
  const beside = { person: li, asked_for: "join" as const, joined: true };
  const joined = { ...mine, owner: wang, participants: [beside] };
  const helps = { ...joined, participants: [{ ...beside, joined: false }] };
  expect([mine, joined, helps, waits].map((each) => maySetDepartment(each, me))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  const chief = { ...me, role: "supervisor" };
  expect(maySetDepartment(waits, chief)).toBe(true);
  expect(maySetDepartment({ ...waits, group: "elsewhere" }, chief)).toBe(false);
  expect(maySetDepartment({ ...mine, state: "closed" }, me)).toBe(false);
});

test("a conversation that rings for a colleague cannot be claimed", () => {
  link.greet([waitingRow("rings", NOON, { offer: { ...ring, mine: false } })]);
  expect(nextToTake(desk)).toBeNull();
});

test("a consultant who claims too late stays where they are and reads who was first", async () => {
  link.greet([waitingRow("a", NOON)]);
  void takeOrTell(desk, held("a"));
  const details = { why: "taken", by: "王建国" };
  link
    .of("conversation.claim")[0]
    ?.reject(new RefusedError({ type: "refused", code: "offer_gone", retry: "no", details }));
  await settled();
  expect(desk.selected.value).toBeNull();
  expect(desk.notices.shown.value[0]?.text()).toContain("王建国");
});

test("a taken conversation is opened, unless somebody is writing", async () => {
  link.greet([row("mine"), waitingRow("a", NOON)]);
  desk.select("mine");
  void takeOrTell(desk, held("a"));
  desk.wrote("mine", "reply", true);
  link.of("conversation.claim")[0]?.resolve({ type: "accepted" });
  await settled();
  expect(desk.selected.value).toBe("mine");
});

test("a transfer contains the fence, the note and exactly one receiver", () => {
  link.greet([row("a", { fence: 7 })]);
  void offer(desk, held("a"), { consultant: "wang" }, "请接手");
  const frame = link.of("transfer.offer")[0]?.frame;
  expect(frame).toMatchObject({ fence: 7, note: "请接手", consultant: "wang" });
  expect(frame).not.toHaveProperty("group");
});

test("only the owner replies; a supervisor may write notes, transfer and end", () => {
  link.greet([row("a", { owner: wang })], supervisor);
  expect(rights(desk, held("a"))).toMatchObject({ reply: false, note: true, transfer: true, end: true });
});

test("a colleague's conversation can only be read", () => {
  link.greet([row("a", { owner: wang })]);
  expect(rights(desk, held("a"))).toMatchObject({
    reply: false,
    note: false,
    transfer: false,
    end: false,
  });
});

test("an offered conversation is not offered again, and can be withdrawn", () => {
  const held_out = { ...ring, kind: "transfer", mine: false } as const;
  link.greet([row("a", { offer: held_out })]);
  expect(rights(desk, held("a"))).toMatchObject({ transfer: false, withdraw: true, reply: true });
});

test("after the end only a note is possible", () => {
  link.greet([row("a", { state: "closed", closed_at: NOON })]);
  expect(rights(desk, held("a"))).toMatchObject({ reply: false, note: true, end: false, transfer: false });
});

test("a colleague who is asked for help writes notes, and replies only after joining", () => {
  const asked = { person: li, asked_for: "help" } as const;
  link.greet([
    row("help", { owner: wang, participants: [asked] }),
    row("join", { owner: wang, participants: [{ ...asked, asked_for: "join" }] }),
    row("joined", { owner: wang, participants: [{ ...asked, asked_for: "join", joined: true }] }),
  ]);
  const may = (id: string) => {
    const { reply, note, join, leave, transfer, end } = rights(desk, held(id));
    return { reply, note, join, leave, transfer, end };
  };
  const owners = { transfer: false, end: false };
  expect(may("help")).toEqual({ reply: false, note: true, join: false, leave: true, ...owners });
  expect(may("join")).toEqual({ reply: false, note: true, join: true, leave: true, ...owners });
  expect(may("joined")).toEqual({ reply: true, note: true, join: false, leave: true, ...owners });
  expect(["help", "joined"].map((id) => desk.modeOf(id))).toEqual(["note", "reply"]);
});

test("a supervisor assigns a waiting conversation manually and moves it forward once", () => {
  link.greet([waitingRow("a", NOON), waitingRow("b", NOON, { priority: "forward" })], supervisor);
  expect(rights(desk, held("a"))).toMatchObject({ assign: true, forward: true, dismiss: false });
  expect(rights(desk, held("b"))).toMatchObject({ assign: true, forward: false });
  link.greet([waitingRow("a", NOON, { emergency: "body" })]);
  expect(rights(desk, held("a"))).toMatchObject({ assign: false, forward: false, dismiss: false });
});
