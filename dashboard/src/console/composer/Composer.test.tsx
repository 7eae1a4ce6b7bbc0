// @vitest-environment happy-dom
// To whom the box writes: the writer decides, whatever happens to the conversation.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Draft, Me, Row, StaffServerFrame } from "../../../../widget/src/shared/frames";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { language } from "../../shared/texts";
import { DeskContext, useDesk } from "../desk/context";
import { Desk } from "../desk/desk";
import { entry, FakeLink, li, me, NOON, row, supervisor, waitingRow, wang } from "../desk/testing";
import { pressed } from "../shell/keys";
import { ThreadFooter } from "../thread/ThreadFooter";
import { syncDrafts } from "./draftSync";
import { draftOf, type Mode } from "./drafts";
import { syncModes } from "./modeSync";

let link: FakeLink;
let desk: Desk;
let root: HTMLElement;
let version: number;
/** The drafts that the server has saved. */
let kept: Draft[];

function Screen() {
  const shown = useDesk();
  const open = shown.selected.value === null ? null : shown.row(shown.selected.value);
  return open === null ? null : <ThreadFooter row={open} />;
}

async function load(person: Me, ...rows: Row[]): Promise<void> {
  render(null, root);
  link = new FakeLink();
  desk = new Desk(link.asLink);
  syncModes(desk);
  syncDrafts(desk);
  version = 1;
  await act(() => {
    render(
      <DeskContext.Provider value={desk}>
        <Screen />
      </DeskContext.Provider>,
      root,
    );
  });
  await act(() => link.greet(rows, person, kept));
  await act(() => desk.select("a"));
}

beforeEach(() => {
  sessionStorage.clear();
  kept = [];
  language.value = "zh";
  window.matchMedia = () => ({ matches: true }) as MediaQueryList;
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

afterEach(() => render(null, root));

const box = () => {
  const found = root.querySelector("textarea");
  if (found === null) throw new Error("there is no box");
  return found;
};
const shown = (): Mode => (root.querySelector("form")?.classList.contains("is-note") ? "note" : "reply");
const text = () => root.textContent ?? "";
const buttons = (name: string) =>
  Array.from(root.querySelectorAll("button")).filter((each) => each.textContent?.trim().startsWith(name));
const click = (name: string) => act(() => buttons(name)[0]?.click());
const becomes = (...rows: Row[]) =>
  act(() => link.hear({ type: "conversations", version: ++version, put: rows }));
const leaves = (...gone: string[]) =>
  act(() => link.hear({ type: "conversations", version: ++version, gone }));
const hears = (...frames: StaffServerFrame[]) => act(() => link.hear(...frames));
const enter = () => new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });

async function type(words: string): Promise<void> {
  await act(() => {
    box().value += words;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Presses Enter and waits for what follows from it. */
async function press(area: HTMLTextAreaElement): Promise<void> {
  await act(async () => {
    area.dispatchEvent(enter());
    await new Promise((done) => setTimeout(done, 0));
  });
}

/** The requests to the server, without drafts and lists. */
const sent = () =>
  link.asked.flatMap(({ frame }) => (frame.type.endsWith(".post") ? [[frame.type, frame.body]] : []));

const closed = (differs: Partial<Row> = {}) => row("a", { state: "closed", closed_at: NOON, ...differs });
const helping = row("a", {
  owner: wang,
  participants: [{ person: li, asked_for: "join", joined: false }],
});
const joined = row("a", { owner: wang, participants: [{ person: li, asked_for: "join", joined: true }] });

/** Conversations in which one writes notes, and how each may become one that can be answered. */
const BECOMES_MINE: [string, Me, Row, Row][] = [
  ["the visitor writes after the end", me, closed(), row("a", { fence: 2 })],
  ["a colleague who was helped hands it over", me, helping, row("a", { fence: 2 })],
  ["a helper is let in", me, helping, joined],
  ["a supervisor's colleague hands it over", supervisor, row("a", { owner: wang }), row("a", { fence: 2 })],
];

describe.each(BECOMES_MINE)("a note, when %s,", (_when, person, before, after) => {
  test("stays a note while its writer is in the box", async () => {
    await load(person, before);
    expect(shown()).toBe("note");
    await act(() => box().focus());
    await type("怀疑是");
    const area = box();
    await becomes(after);
    expect([shown(), box() === area, document.activeElement === area]).toEqual(["note", true, true]);
    await type("宫外孕");
    await press(area);
    expect(sent()).toEqual([["note.post", "怀疑是宫外孕"]]);
  });

  test("stays a note when nobody is in the box, and over a reload", async () => {
    await load(person, before);
    await type("怀疑是宫外孕");
    await becomes(after);
    expect(shown()).toBe("note");
    kept = [{ conversation: "a", mode: "note", body: "怀疑是宫外孕", at: 1 }];
    await load(person, after);
    expect([shown(), box().value]).toEqual(["note", "怀疑是宫外孕"]);
  });

  test("stays the mode of an empty box: it does not change by itself", async () => {
    await load(person, before);
    await act(() => box().blur());
    await becomes(after);
    expect(shown()).toBe("note");
    expect(text()).toContain("现在可以回复访客了。这里仍是备注，访客看不到。");
    await click("改为回复");
    expect(shown()).toBe("reply");
  });

  test("is sent as a note when Enter is pressed at that very moment", async () => {
    await load(person, before);
    await type("怀疑是宫外孕");
    await act(() => {
      link.hear({ type: "conversations", version: ++version, put: [after] });
      box().dispatchEvent(enter());
    });
    expect(sent()).toEqual([["note.post", "怀疑是宫外孕"]]);
  });

  test("becomes a reply only when the writer asks for it, and is not sent by that", async () => {
    await load(person, before);
    await type("请空腹来");
    await becomes(after);
    await click("改为回复");
    expect([shown(), box().value]).toEqual(["reply", "请空腹来"]);
    expect(draftOf(desk.drafts.value, "a", "note")).toBe("");
    expect(sent()).toEqual([]);
    await press(box());
    expect(sent()).toEqual([["message.post", "请空腹来"]]);
  });
});

/** What may happen to a conversation that I answer, so that no reply is possible any more. */
const NO_LONGER_MINE: [string, Row, string, boolean][] = [
  ["it ends", closed(), "会话已结束。", true],
  ["it is handed over and I help on", helping, "现在由王建国接待。", true],
  ["it is handed over", row("a", { owner: wang }), "现在由王建国接待。", false],
  ["it goes back to the queue", waitingRow("a", NOON), "访客正在排队", false],
];

describe.each(NO_LONGER_MINE)("a reply, when %s,", (_when, after, why, mayNote) => {
  test("stays a reply, is not sent, and says why", async () => {
    await load(me, row("a"));
    await act(() => box().focus());
    await type("明天上午");
    const area = box();
    await becomes(after);
    expect([shown(), box() === area, document.activeElement === area]).toEqual(["reply", true, true]);
    expect(text()).toContain(why);
    expect(text()).toContain("这段回复没有发给访客，还留在这里。");
    await type("可以");
    await press(area);
    await act(() => root.querySelector("form")?.requestSubmit());
    expect(sent()).toEqual([]);
    expect(box().value).toBe("明天上午可以");
    expect(buttons("改为备注")).toHaveLength(mayNote ? 1 : 0);
  });

  test("can be sent when the conversation is mine again", async () => {
    await load(me, row("a"));
    await type("明天上午可以");
    await becomes(after);
    await becomes(row("a", { fence: 7 }));
    await press(box());
    expect(sent()).toEqual([["message.post", "明天上午可以"]]);
    expect(link.of("message.post")[0]?.frame).toMatchObject({ fence: 7 });
  });
});

test("a reply to a conversation that is gone stays to be copied, and only its writer deletes it", async () => {
  await load(me, row("a"));
  await type("明天上午可以");
  await leaves("a");
  expect([shown(), box().value, buttons("发送")[0]?.disabled]).toEqual(["reply", "明天上午可以", true]);
  await click("删除");
  expect(root.querySelector("textarea")).toBeNull();
});

test("a reply that cannot be sent becomes a note only when the writer asks for it", async () => {
  await load(me, row("a"));
  await type("明天上午可以");
  await becomes(closed());
  await click("改为备注");
  expect([shown(), box().value]).toEqual(["note", "明天上午可以"]);
  await press(box());
  expect(sent()).toEqual([["note.post", "明天上午可以"]]);
});

test("an empty reply to an ended conversation becomes a note once nobody is in the box", async () => {
  await load(me, row("a"));
  await act(() => box().focus());
  await becomes(closed());
  expect(shown()).toBe("reply");
  await act(() => box().blur());
  expect(shown()).toBe("note");
});

test("taking or joining a conversation opens a reply", async () => {
  await load(supervisor, waitingRow("a", NOON));
  expect(shown()).toBe("note");
  await click("接入");
  await becomes(row("a", { fence: 2 }));
  expect(shown()).toBe("reply");
});

test("a box that was switched to notes stays one, empty or not, also after another conversation was open", async () => {
  await load(me, row("a"), row("b"));
  await click("内部备注");
  expect(document.activeElement).toBe(box());
  await act(() => desk.select("b"));
  expect(shown()).toBe("reply");
  await act(() => desk.select("a"));
  expect(shown()).toBe("note");
  await load(me, row("a"), row("b"));
  expect(shown()).toBe("note");
});

test("the box shows what it sends: a reply and a note look and read differently", async () => {
  await load(me, row("a", { unanswered_since: NOON - 20_000 }));
  expect(buttons("发送")).toHaveLength(1);
  expect(text()).toContain("Enter 发送");
  await click("内部备注");
  expect(buttons("保存备注")).toHaveLength(1);
  expect(text()).toContain("访客看不到");
  expect(text()).toContain("Enter 保存备注");
  expect(root.querySelector(".composer .wait")?.textContent).toContain("0:20");
});

test("a text in the other mode is shown at the switch", async () => {
  await load(me, row("a"));
  await type("回复写到一半");
  await click("内部备注");
  expect(buttons("回复")[0]?.textContent).toContain("有未发送的内容");
  await click("回复");
  expect(box().value).toBe("回复写到一半");
});

test("Alt+N does not switch to a reply that cannot be sent", async () => {
  await load(me, closed());
  const key = new KeyboardEvent("keydown", { code: "KeyN", altKey: true });
  await act(() => pressed(desk, key));
  expect(shown()).toBe("note");
  expect(desk.modeOf("a")).toBe("note");
});

test("a box that appears does not take the caret from another text", async () => {
  await load(me, row("a", { owner: wang }), row("b"));
  const dialog = document.createElement("textarea");
  document.body.append(dialog);
  dialog.focus();
  await becomes(row("a", { fence: 2 }));
  expect(document.activeElement).toBe(dialog);
});

test("a box that turns into a note by itself does not take the focus", async () => {
  await load(me, row("a"));
  await act(() => box().blur());
  await act(() => desk.select("a"));
  await click("回复");
  await act(() => box().blur());
  await becomes(closed());
  expect([shown(), document.activeElement === box()]).toEqual(["note", false]);
});

test("a refused note returns as a note, and is sent again as one", async () => {
  await load(me, row("a"));
  await click("内部备注");
  await type("怀疑是宫外孕");
  await press(box());
  await click("回复");
  await act(async () => {
    link.of("note.post")[0]?.reject(new RefusedError({ type: "refused", code: "forbidden", retry: "no" }));
    await Promise.resolve();
  });
  expect([shown(), box().value]).toEqual(["reply", ""]);
  expect(draftOf(desk.drafts.value, "a", "note")).toBe("怀疑是宫外孕");
});

describe("two windows", () => {
  const draft = (body: string, at = 0, mode: Mode = "reply"): StaffServerFrame => ({
    type: "draft",
    conversation: "a",
    mode,
    body,
    at,
  });

  test("a note of the other window arrives as a note, and the open box keeps its mode", async () => {
    await load(me, row("a"));
    await hears(draft("怀疑是宫外孕", 5, "note"));
    expect([shown(), box().value]).toEqual(["reply", ""]);
    expect(buttons("内部备注")[0]?.textContent).toContain("有未发送的内容");
  });

  test("an unchanged text follows the other window, and disappears when it was sent there", async () => {
    await load(me, row("a"));
    await hears(draft("请空腹", 5), draft("请空腹来", 6));
    expect(box().value).toBe("请空腹来");
    await hears(draft(""));
    expect(box().value).toBe("");
  });

  test("a text that is being written stays, and its writer decides", async () => {
    await load(me, row("a"));
    await type("这里写的");
    await hears(draft("那边写的", 5));
    expect(box().value).toBe("这里写的");
    expect(text()).toMatch(/您在另一个窗口改过这段草稿： ?那边写的/);
    await click("改用那一份");
    expect(box().value).toBe("那边写的");
    expect(text()).not.toContain("另一个窗口");
  });

  test("a text that the other window sent while this one was offline is recognised afterwards", async () => {
    await load(me, row("a"));
    await hears(draft("请空腹来", 5));
    await act(() => link.greet([row("a")]));
    expect(box().value).toBe("请空腹来");
    expect(text()).toContain("这段草稿可能已在另一个窗口发出或清空。");
    const own = { author: { kind: "consultant", person: li }, at: 6, body: "请空腹来" } as const;
    await hears(entry("a", 1, own));
    expect(box().value).toBe("");
    expect(text()).not.toContain("另一个窗口");
  });
});
