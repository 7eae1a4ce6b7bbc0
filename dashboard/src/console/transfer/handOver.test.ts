// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import type { Entry, Event } from "../../../../widget/src/shared/frames";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { Desk } from "../desk/desk";
import { entry, FakeLink, li, NOON, row, wang } from "../desk/testing";
import type { Handed } from "./handed";
import { became, fates, handOver, leftOver, toHandOver } from "./handOver";

const handed: Handed = {
  conversation: "a",
  row: row("a"),
  target: { consultant: "wang" },
  seq: 4,
  refusal: null,
};
const offered = said(4, { name: "transfer_offered", offer: "o", by: li, note: "", ends_at: NOON });

function said(seq: number, event: Event): Entry {
  return entry("a", seq, { kind: "event", event });
}

const fate = (...entries: Entry[]) => became(handed, row("a"), [offered, ...entries], li.id).fate;

test("the result of an offer is read from its own entries", () => {
  expect(fate()).toBe("offered");
  expect(fate(said(5, { name: "transferred", offer: "o", group: "general", consultant: li }))).toBe(
    "accepted",
  );
  expect(fate(said(5, { name: "transfer_ended", offer: "o", reason: "expired" }))).toBe("expired");
  expect(fate(said(5, { name: "transfer_ended", offer: "o", reason: "withdrawn" }))).toBe("withdrawn");
  expect(fate(said(5, { name: "transfer_ended", offer: "o", reason: "closed" }))).toBe("ended");
  expect(fate(said(5, { name: "transfer_ended", offer: "another", reason: "expired" }))).toBe("offered");
});

test("a colleague who declines ends the offer with their reason, a member of a group does not", () => {
  const no = said(5, { name: "transfer_declined", offer: "o", reason: "在忙", consultant: li });
  expect(became(handed, row("a"), [offered, no], li.id)).toEqual({ fate: "declined", reason: "在忙" });
  const toGroup: Handed = { ...handed, target: { group: "general" } };
  expect(became(toGroup, row("a"), [offered, no], li.id).fate).toBe("offered");
});

test("when the entries no longer arrive, the list shows who has it", () => {
  expect(became(handed, null, [offered], li.id).fate).toBe("accepted");
  expect(became(handed, row("a", { owner: wang }), [], li.id).fate).toBe("accepted");
  expect(became(handed, row("a", { state: "closed" }), [], li.id).fate).toBe("ended");
  expect(became(handed, row("a", { state: "waiting", owner: null }), [], li.id).fate).toBe("ended");
});

test("an offered conversation is not offered a second time", () => {
  const offer = { id: "o", kind: "transfer", ends_at: NOON, mine: false } as const;
  expect(toHandOver([row("a"), row("b", { offer })]).map(({ id }) => id)).toEqual(["a"]);
});

let link: FakeLink;
let desk: Desk;

beforeEach(() => {
  sessionStorage.clear();
  link = new FakeLink();
  desk = new Desk(link.asLink);
});

test("each conversation gets an offer of its own, and the rest can be tried again", async () => {
  link.greet([row("a"), row("b"), row("c")]);
  const sent = handOver(desk, desk.mine.value, { consultant: "wang" }, "下班：请接手");
  expect(link.of("transfer.offer").map(({ frame }) => [frame.conversation, frame.note])).toEqual([
    ["a", "下班：请接手"],
    ["b", "下班：请接手"],
    ["c", "下班：请接手"],
  ]);
  const [a, b, c] = link.of("transfer.offer");
  a?.resolve({ type: "accepted", ref: "", seq: 4 });
  b?.reject(
    new RefusedError({ type: "refused", code: "not_serving", retry: "no", details: { why: "full" } }),
  );
  c?.resolve({ type: "accepted", ref: "", seq: 9 });
  await sent;
  link.hear(offered, said(5, { name: "transfer_ended", offer: "o", reason: "expired" }));
  const all = fates(desk);
  expect(all.map(([, { fate }]) => fate)).toEqual(["expired", "refused", "offered"]);
  expect(leftOver(all).map(({ id }) => id)).toEqual(["a", "b"]);
  void handOver(desk, leftOver(all), { group: "general" }, "下班：请接手");
  expect(fates(desk).map(([{ conversation }, { fate }]) => [conversation, fate])).toEqual([
    ["c", "offered"],
    ["a", "sending"],
    ["b", "sending"],
  ]);
});
