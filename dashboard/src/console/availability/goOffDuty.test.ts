// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { Desk } from "../desk/desk";
import { FakeLink, row } from "../desk/testing";
import { finishFirst, goOffDuty, releaseAll } from "./goOffDuty";

let link: FakeLink;
let desk: Desk;

beforeEach(() => {
  sessionStorage.clear();
  link = new FakeLink();
  desk = new Desk(link.asLink);
});

test("a consultant without conversations leaves at once, with their reason", () => {
  link.greet([]);
  goOffDuty(desk, "break", "用餐");
  expect(desk.dialog.value).toBeNull();
  expect(link.of("availability.set")[0]?.frame).toMatchObject({ availability: "break", reason: "用餐" });
});

test.each(["break", "offline", "sign_out"] as const)(
  "a consultant with conversations is asked before %s, and nothing is sent",
  (to) => {
    link.greet([row("a")]);
    goOffDuty(desk, to, "用餐");
    expect(desk.dialog.value).toEqual({ kind: "leave", to, reason: "用餐" });
    expect(link.of("availability.set")).toEqual([]);
    expect(link.told).not.toContainEqual({ type: "bye" });
  },
);

test("finishing first sets busy: nothing new except transfers", () => {
  link.greet([row("a")]);
  void finishFirst(desk);
  expect(link.of("availability.set")[0]?.frame).toMatchObject({ availability: "busy" });
});

test("each goes back to the queue with the note and its fence, and refusals are returned", async () => {
  link.greet([row("a", { fence: 7 }), row("b")]);
  const left = releaseAll(desk, desk.mine.value, "请接着问用药");
  const [a, b] = link.of("conversation.release");
  expect(a?.frame).toMatchObject({ conversation: "a", fence: 7, note: "请接着问用药" });
  a?.resolve({ type: "accepted", ref: "" });
  b?.reject(new RefusedError({ type: "refused", code: "fence_stale", retry: "no" }));
  expect((await left).map(([{ id }, { code }]) => [id, code])).toEqual([["b", "fence_stale"]]);
});
