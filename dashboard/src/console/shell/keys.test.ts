// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { Desk } from "../desk/desk";
import { FakeLink, NOON, row, waitingRow } from "../desk/testing";
import { pressed } from "./keys";

let link: FakeLink;
let desk: Desk;

beforeEach(() => {
  sessionStorage.clear();
  link = new FakeLink();
  desk = new Desk(link.asLink);
  link.greet([
    row("one", { opened_at: 1 }),
    row("two", { opened_at: 2, unanswered_since: NOON - 5_000 }),
    waitingRow("waits", NOON),
  ]);
});

function press(code: string, more: KeyboardEventInit = { altKey: true }): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { code, cancelable: true, ...more });
  pressed(desk, event);
  return event;
}

test("Alt and a number opens the conversation of that number, wherever it is in the list", () => {
  press("Digit1");
  expect(desk.selected.value).toBe("one");
  press("Digit2");
  expect(desk.selected.value).toBe("two");
  link.hear({ type: "conversations", version: 2, put: [row("one", { opened_at: 1, unanswered_since: 1 })] });
  press("Digit2");
  expect(desk.selected.value).toBe("two");
  press("Digit3");
  expect(desk.selected.value).toBe("two");
});

test("Alt+J opens the longest unanswered, and the arrows go through the list as shown", () => {
  press("KeyJ");
  expect(desk.selected.value).toBe("two");
  press("ArrowDown");
  expect(desk.selected.value).toBe("one");
  press("ArrowUp");
  expect(desk.selected.value).toBe("two");
});

test("Alt+N switches to the note and back, only for this conversation", () => {
  desk.select("one");
  press("KeyN");
  expect(desk.modeOf("one")).toBe("note");
  expect(desk.modeOf("two")).toBe("reply");
  press("KeyN");
  expect(desk.modeOf("one")).toBe("reply");
});

test("Alt+Enter claims the conversation that has waited longest", () => {
  press("Enter");
  expect(link.of("conversation.claim")[0]?.frame.conversation).toBe("waits");
});

test("without a connection nothing is claimed, transferred or ended", () => {
  link.enter("away");
  desk.select("one");
  for (const code of ["Enter", "KeyT", "KeyW"]) press(code);
  expect(link.of("conversation.claim")).toEqual([]);
  expect(desk.dialog.value).toBeNull();
});

test("Alt+T and Alt+W open dialogs about the open conversation", () => {
  desk.select("one");
  press("KeyT");
  expect(desk.dialog.value).toEqual({ kind: "transfer", conversation: "one" });
  desk.dialog.value = null;
  press("KeyW");
  expect(desk.dialog.value).toEqual({ kind: "close", conversation: "one" });
});

test("nothing that is not mine is transferred or ended", () => {
  desk.select("waits");
  press("KeyT");
  press("KeyW");
  expect(desk.dialog.value).toBeNull();
});

test("while a dialog is open the shortcuts do nothing", () => {
  desk.dialog.value = { kind: "help" };
  press("Digit1");
  expect(desk.selected.value).toBeNull();
});

test("keys without Alt, with more than Alt, or of an input method are ignored", () => {
  for (const more of [{}, { altKey: true, ctrlKey: true }, { altKey: true, isComposing: true }]) {
    expect(press("KeyJ", more).defaultPrevented).toBe(false);
  }
  expect(desk.selected.value).toBeNull();
  expect(press("KeyJ").defaultPrevented).toBe(true);
});
