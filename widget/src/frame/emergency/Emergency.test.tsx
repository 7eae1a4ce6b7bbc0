// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import type { Entry, Standing } from "../../shared/frames";
import type { Chat } from "../chat/chat";
import { Emergency } from "./Emergency";

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

const noticed = (emergency: string, seq: number) =>
  ({ seq, kind: "event", event: { name: "emergency_noticed", emergency } }) as unknown as Entry;

function draw(kinds: string[], standing: Partial<Standing> | null, left: string | null = null) {
  const state = {
    conversation: "c",
    entries: kinds.map(noticed),
    standing: standing && { type: "conversation", conversation: "c", department: "d", ...standing },
    site: { emergency_phone: "0731-1234 5678" },
  };
  const chat = {
    state,
    tabStorage: { putAway: [] },
    offlineMessage: { left: left === null ? null : { emergency: left } },
  };
  return act(() => render(<Emergency chat={chat as unknown as Chat} />, root));
}

const calls = () => [...root.querySelectorAll("a")].map((link) => link.getAttribute("href"));
const ALONE = "不会有人马上看到这条消息，请不要等待回复。";

test("a bodily emergency names 120 and the campus's own number", async () => {
  await draw(["body"], { state: "waiting", service: "free" });
  expect(calls()).toEqual(["tel:120", "tel:073112345678"]);
  expect(root.textContent).not.toContain(ALONE);
});

test("distress names the support line, 120 and 110", async () => {
  await draw(["mind"], { state: "active" });
  expect(calls()).toEqual(["tel:12356", "tel:120", "tel:110"]);
});

test("self-harm that was done shows both texts, the one for the body first", async () => {
  await draw(["mind", "body"], { state: "waiting", service: "busy" });
  expect(calls()).toEqual(["tel:120", "tel:073112345678", "tel:12356", "tel:110"]);
});

test("suspected abuse shows nothing that a person beside the visitor could read", async () => {
  await draw([], { state: "waiting", service: "nobody" });
  const always = root.innerHTML;
  await draw(["protect"], { state: "waiting", service: "nobody" });
  expect(root.innerHTML).toBe(always);
  expect(root.querySelector(".banner")).toBeNull();
});

test.each([
  { state: "waiting", service: "nobody" },
  { state: "waiting", service: "closed" },
  { state: "waiting", nobody: true },
] as const)("the banner says so when nobody is there to read: %j", async (standing) => {
  await draw(["body"], standing);
  expect(root.textContent).toContain(ALONE);
});

test("after a 留言 the banner says that nobody reads it at once", async () => {
  await draw([], null, "body");
  expect(root.textContent).toContain(ALONE);
});
