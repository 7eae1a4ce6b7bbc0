// @vitest-environment happy-dom
import axe from "axe-core";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { tellZone } from "../../../../widget/src/shared/zone";
import { language } from "../../shared/texts";
import { sends } from "../composer/Composer";
import { typed } from "../composer/drafts";
import { send } from "../composer/sending";
import { DeskContext } from "../desk/context";
import { Desk } from "../desk/desk";
import type { OpenDialog } from "../desk/dialogs";
import { entry, FakeLink, li, me, NOON, row, supervisor, waitingRow, wang } from "../desk/testing";
import { App } from "./App";

let link: FakeLink;
let desk: Desk;
let root: HTMLElement;

beforeEach(async () => {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  sessionStorage.clear();
  language.value = "zh";
  link = new FakeLink();
  desk = new Desk(link.asLink);
  root = document.createElement("div");
  document.body.replaceChildren(root);
  await act(() => {
    render(
      <DeskContext.Provider value={desk}>
        <App />
      </DeskContext.Provider>,
      root,
    );
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  render(null, root);
});

const text = () => root.textContent ?? "";
const button = (name: string) => {
  const all = Array.from(root.querySelectorAll("button"));
  const found = all.find((each) =>
    (each.getAttribute("aria-label") ?? each.textContent ?? "").includes(name),
  );
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
};
const open = (...rows: ReturnType<typeof row>[]) => act(() => link.greet(rows));

function live(id: string, ...entries: ReturnType<typeof entry>[]) {
  return act(() => {
    link.hear({ type: "entries", conversation: id, epoch: "e", entries });
    link.hear({ type: "live", conversation: id, epoch: "e", seq: entries.length });
  });
}

test("before the lists arrive there are placeholders, and afterwards the lists", async () => {
  expect(text()).toContain("正在载入");
  await open();
  expect(text()).toContain("现在没有会话");
});

test("what a visitor writes is shown as text, never as markup", async () => {
  await open(row("a"));
  await act(() => desk.select("a"));
  await live("a", entry("a", 1, { body: "<img src=x onerror=alert(1)>" }));
  expect(root.querySelector(".bubble img")).toBeNull();
  expect(root.querySelector(".bubble")?.textContent).toBe("<img src=x onerror=alert(1)>");
});

test("where the panel covers the thread, Escape closes it and nothing else, and the focus returns to its button", async () => {
  await open(row("a"));
  await act(() => desk.select("a"));
  await act(() => {
    desk.panelOpen.value = false;
  });
  const toggle = button("会话信息");
  toggle.focus();
  await act(() => toggle.click());
  expect(document.activeElement).toBe(button("收起会话信息"));
  const pressEscape = () => {
    const event = new KeyboardEvent("keydown", { key: "Escape", bubbles: true });
    return act(() => {
      document.activeElement?.dispatchEvent(event);
    });
  };
  await act(() => {
    desk.dialog.value = { kind: "help" };
  });
  await pressEscape();
  expect(desk.panelOpen.value).toBe(true);
  await act(() => {
    desk.dialog.value = null;
  });
  await pressEscape();
  expect([desk.panelOpen.value, desk.selected.value]).toEqual([false, "a"]);
  expect(document.activeElement).toBe(toggle);
  await pressEscape();
  expect(desk.selected.value).toBe("a");
  expect(link.asked.map(({ frame }) => frame.type)).not.toContain("conversation.close");
});

test("a lost connection is shown, and actions that need it are disabled while writing goes on", async () => {
  await open(row("a"));
  await act(() => desk.select("a"));
  await act(() => link.enter("away"));
  expect(text()).toContain("连接已断开，正在重连…");
  expect(button("转接").disabled).toBe(true);
  expect(root.querySelector("textarea")?.disabled).toBe(false);
});

test.each([
  ["read_only", "只能查看，不能保存"],
  ["unavailable", "数据库暂时没有回应"],
])("while the store is %s a bar says so, and a sent text says that it is retried", async (why, said) => {
  await open(row("a"));
  await act(() => desk.select("a"));
  await live("a", entry("a", 1));
  await act(() => {
    desk.drafts.value = typed(desk.drafts.value, "a", "reply", "马上为您查");
    send(desk, "a", "reply");
  });
  expect(text()).toContain("发送中");
  await act(() => link.store(why));
  expect(root.querySelector("[role=alert]")?.textContent).toContain(said);
  expect(text()).toContain("未发出，正在重试");
  await act(() => link.store(null));
  expect(root.querySelector("[role=alert]")).toBeNull();
  expect(text()).toContain("发送中");
});

test("a text without an answer is shown as unsent within five seconds, also on a live connection", async () => {
  await open(row("a"));
  await act(() => desk.select("a"));
  await live("a", entry("a", 1));
  await act(() => {
    desk.drafts.value = typed(desk.drafts.value, "a", "reply", "马上为您查");
    send(desk, "a", "reply");
  });
  await act(() => {
    link.now = NOON + 4_000;
    desk.tick();
  });
  expect(text()).toContain("未发出，正在重试");
});

test("the end of a session and another tab each have a sentence", async () => {
  await open();
  link.stoppedWith = 4503;
  await act(() => link.enter("stopped"));
  expect(text()).toContain("别的标签页");
});

test("what was being written when the conversation ended stays on the screen", async () => {
  await open(row("a"));
  await act(() => desk.select("a"));
  await act(() => {
    desk.drafts.value = typed(desk.drafts.value, "a", "reply", "还没发出");
  });
  const ended = row("a", { state: "closed", closed_at: NOON });
  await act(() => link.hear({ type: "conversations", version: 2, put: [ended] }));
  expect(Array.from(root.querySelectorAll("textarea")).map(({ value }) => value)).toEqual(["还没发出"]);
  expect(root.querySelector("form")?.className).toContain("is-reply is-shut");
  expect(text()).toContain("这段回复没有发给访客，还留在这里。");
  expect(root.querySelector<HTMLButtonElement>("form [type=submit]")?.disabled).toBe(true);
});

test("a waiting conversation says that its text comes with 接入 and loads by itself", async () => {
  await open(waitingRow("a", NOON, { last_line: "想问价格" }));
  await act(() => desk.select("a"));
  expect(text()).toContain("接入后可以看到内容");
  expect(text()).toContain("想问价格");
  expect(text()).not.toContain("重试");
  expect(root.querySelector(".foot .is-primary")?.textContent).toBe("接入");
  await act(() => link.hear({ type: "conversations", version: 2, put: [row("a")] }));
  await live("a", entry("a", 1, { body: "想问价格，还有医保" }));
  expect(text()).toContain("还有医保");
  expect(text()).not.toContain("接入后可以看到内容");
});

test("a conversation that was assigned away unseen shows what was read, and offers no retry", async () => {
  await open(row("a"));
  await act(() => desk.select("a"));
  await live("a", entry("a", 1, { body: "睡前读过的" }));
  await act(async () => {
    desk.following.readAgain("a");
    const refused = new RefusedError({ type: "refused", code: "not_found", retry: "no" });
    link.of("conversation.follow").at(-1)?.reject(refused);
    await Promise.resolve();
  });
  expect(text()).toContain("没有载入");
  await open();
  expect(text()).toContain("睡前读过的");
  expect(text()).not.toContain("没有载入");
  expect(text()).toContain("这个会话已不在您手上");
});

test("a card for me does not take the focus, and says who, why and for how long", async () => {
  await open(row("a"));
  await act(() => desk.select("a"));
  root.querySelector("textarea")?.focus();
  const offer = {
    id: "o",
    kind: "transfer",
    ends_at: NOON + 30_000,
    mine: true,
    by: wang,
    note: "请接手",
  } as const;
  await act(() => link.hear({ type: "conversations", version: 2, put: [row("b", { owner: wang, offer })] }));
  expect(document.activeElement?.tagName).toBe("TEXTAREA");
  const card = root.querySelector(".card")?.textContent;
  for (const said of ["王建国", "请接手", "30 秒"]) expect(card).toContain(said);
});

test("a transfer can be declined only with a reason", async () => {
  const offer = { id: "o", kind: "transfer", ends_at: NOON, mine: true, by: wang } as const;
  await open(row("b", { owner: wang, offer }));
  await act(() => button("拒绝").click());
  expect(button("拒绝").disabled).toBe(true);
  const input = root.querySelector<HTMLInputElement>(".card input");
  await act(() => {
    if (input) input.value = "正在接电话";
    input?.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  await act(() => button("拒绝").click());
  expect(link.of("offer.decline")[0]?.frame).toMatchObject({ offer: "o", reason: "正在接电话" });
});

test("an unanswered conversation can be ended only after a confirmation", async () => {
  await open(row("a", { unanswered_since: NOON }));
  await act(() => {
    desk.dialog.value = { kind: "close", conversation: "a" };
  });
  await act(() => root.querySelector<HTMLInputElement>(".outcome input")?.click());
  const submit = root.querySelector<HTMLButtonElement>(".dialog [type=submit]");
  expect(submit?.disabled).toBe(true);
  await act(() => root.querySelector<HTMLInputElement>(".confirm input")?.click());
  await act(() => submit?.click());
  expect(link.of("conversation.close")[0]?.frame).toMatchObject({ outcome: "booked", fence: 1 });
});

test("a dialog takes the focus, returns it, and closes with Esc", async () => {
  await open(row("a"));
  await act(() => desk.select("a"));
  button("转接").focus();
  await act(() => button("转接").click());
  const dialog = root.querySelector("[role=dialog]");
  expect(dialog?.contains(document.activeElement)).toBe(true);
  await act(() => {
    dialog?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  });
  expect(root.querySelector("[role=dialog]")).toBeNull();
  expect(document.activeElement).toBe(button("转接"));
});

test("Enter sends, but not with Shift, and never in an input method", () => {
  const key = (more: KeyboardEventInit) => sends(new KeyboardEvent("keydown", { key: "Enter", ...more }));
  expect(key({})).toBe(true);
  expect(key({ shiftKey: true })).toBe(false);
  expect(key({ isComposing: true })).toBe(false);
  expect(key({ keyCode: 229 })).toBe(false);
});

const zhao = {
  id: "zhao",
  name: "赵丽颖",
  number: "041",
  title: "consultant",
  role: "consultant",
  groups: ["gynecology"],
  availability: "online",
  present: true,
  load: 5,
  capacity: 5,
  why_not: "full",
};

async function refuse(type: string, code: string, details: Record<string, string | number>) {
  await act(async () => {
    link
      .of(type)
      .at(-1)
      ?.reject(new RefusedError({ type: "refused", code, retry: "no", details }));
    await Promise.resolve();
    await Promise.resolve();
  });
}

test("assigning above somebody's capacity asks once more, and only then sends the confirmation", async () => {
  await act(() => link.greet([waitingRow("b", NOON)], supervisor));
  await act(() => link.hear({ type: "colleagues", version: 1, whole: true, put: [zhao] }));
  await act(() => {
    desk.dialog.value = { kind: "assign", conversation: "b" };
  });
  await act(() => root.querySelector<HTMLInputElement>(".choice input")?.click());
  const submit = root.querySelector<HTMLButtonElement>(".dialog [type=submit]");
  await act(() => submit?.click());
  expect(link.of("conversation.assign")[0]?.frame).not.toHaveProperty("above");
  await refuse("conversation.assign", "no_room", { load: 5, capacity: 5 });
  expect(text()).toContain("超出上限仍指派？");
  await act(() => submit?.click());
  expect(link.of("conversation.assign")[1]?.frame).toMatchObject({
    consultant: "zhao",
    above: true,
    fence: 1,
  });
});

test("only supervisors see the numbers behind an assignment", async () => {
  const why = { load: 1, capacity: 5, among: 4, waited_ms: 12_000, idle_ms: 180_000 };
  const event = { name: "assigned", group: "women", how: "automatic", consultant: wang, why } as const;
  const told = "按负载分配：1/5，4 位可接待者中最低，等候 0:12，空闲 3 分钟";
  await open(row("a"));
  await act(() => desk.select("a"));
  await live("a", entry("a", 1, { kind: "event", event }));
  expect(text()).not.toContain(told);
  await act(() => link.hear({ type: "me", me: supervisor }));
  expect(text()).toContain(told);
});

test("the queue shows each one's place and why it is ahead", async () => {
  await open(
    waitingRow("b", NOON, { rank_at: 20, priority: "returned" }),
    waitingRow("c", NOON, { rank_at: 10, priority: "emergency", emergency: "body" }),
    waitingRow("d", NOON, { rank_at: 30, priority: "forward" }),
  );
  const queued = Array.from(root.querySelectorAll(".is-queue .row")).map((each) => each.textContent ?? "");
  for (const [place, words] of [
    ["第 1 位", "急症"],
    ["第 2 位", "重新排队"],
    ["第 3 位", "优先"],
  ].entries())
    for (const word of words) expect(queued[place]).toContain(word);
});

test("a colleague who is asked to join reads why, and their composer says with whom they answer", async () => {
  const asked = { person: li, asked_for: "join", note: "她想换医生" } as const;
  await open(row("a", { owner: wang, participants: [asked] }));
  await act(() => desk.select("a"));
  await live("a", entry("a", 1));
  expect(root.querySelector(".strip")?.textContent).toContain("她想换医生");
  expect(root.querySelector<HTMLButtonElement>(".modes button")?.disabled).toBe(true);
  await act(() => root.querySelector<HTMLButtonElement>(".strip .is-primary")?.click());
  expect(link.of("colleague.join")[0]?.frame).toMatchObject({ conversation: "a" });
  const joined = row("a", { owner: wang, participants: [{ ...asked, joined: true }] });
  await act(() => link.hear({ type: "conversations", version: 2, put: [joined] }));
  expect(root.querySelector(".composer")?.textContent).toContain("与王建国一起接待");
  expect(root.querySelector<HTMLButtonElement>(".modes button")?.disabled).toBe(false);
});

test("the owner sees who helps and can end their part", async () => {
  await open(row("a", { participants: [{ person: wang, asked_for: "help" }] }));
  await act(() => desk.select("a"));
  await act(() => button("请其离开：王建国").click());
  expect(link.of("colleague.leave")[0]?.frame).toMatchObject({ conversation: "a", consultant: "wang" });
});

test("an emergency is shown above the thread, can be closed, and only a supervisor can dismiss it", async () => {
  await open(row("a", { emergency: "mind" }));
  await act(() => desk.select("a"));
  expect(root.querySelector(".is-emergency")?.textContent).toContain("12356");
  expect(text()).not.toContain("误报");
  await act(() => button("收起急症提醒").click());
  expect(root.querySelector(".is-emergency")).toBeNull();
  await act(() => link.greet([row("a", { emergency: "body" })], supervisor));
  await act(() => button("误报").click());
  expect(link.of("emergency.dismiss")[0]?.frame).toMatchObject({ conversation: "a" });
});

test("a break shows its reason and its length, and a pause its cause", async () => {
  await open();
  const since = { availability_since: NOON - 723_000 };
  await act(() => link.hear({ type: "me", me: { ...me, ...since, availability: "break", reason: "用餐" } }));
  expect(root.querySelector(".availability")?.textContent).toContain("小休 12:03 用餐");
  await act(() => link.hear({ type: "me", me: { ...me, ...since, availability: "paused", misses: 3 } }));
  expect(root.querySelector(".away")?.textContent).toContain("连续 3 次");
});

const shift = {
  name: "早班",
  starts_at: NOON + 60_000,
  ends_at: NOON + 3_600_000,
  check_in_from: NOON - 1,
  receives_from: NOON + 660_000,
};

test("签到 is in the status bar until it is done, with the time of new conversations", async () => {
  tellZone("Asia/Shanghai");
  await act(() => link.greet([], { ...me, shift }));
  expect(root.querySelector(".shift")?.textContent).toContain("20:11 起接新会话");
  await act(() => button("签到").click());
  expect(link.of("shift.check_in")).toHaveLength(1);
  await act(() => link.hear({ type: "me", me: { ...me, shift: { ...shift, checked_in_at: NOON } } }));
  expect(root.querySelector(".shift button")).toBeNull();
});

const message = {
  id: "m",
  site: "demo",
  department: "gynecology",
  group: "gynecology",
  kind: "question",
  language: "zh",
  body: "<b>请回电</b>",
  left_at: NOON - 3_600_000,
  due_at: NOON - 60_000,
  phone: "138****2211",
  owner: li,
} as const;

test("an overdue 留言 says so in words, and is settled only with a note", async () => {
  await open();
  await act(() => link.hear({ type: "offline", version: 1, whole: true, put: [message] }));
  await act(() => button("留言").click());
  expect(root.querySelector(".status-offline")?.textContent).toContain("逾期 1");
  expect(root.querySelector(".offline-card")?.textContent).toContain("已逾期");
  expect(root.querySelector(".offline-words")?.textContent).toBe("<b>请回电</b>");
  await act(() => button("办结").click());
  const submit = root.querySelector<HTMLButtonElement>(".offline-settling [type=submit]");
  expect(submit?.disabled).toBe(true);
  const area = root.querySelector<HTMLTextAreaElement>(".offline-settling textarea");
  await act(() => {
    if (area) area.value = "已电话答复";
    area?.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  await act(() => submit?.click());
  expect(link.of("offline.settle")[0]?.frame).toMatchObject({
    id: "m",
    result: "answered",
    note: "已电话答复",
  });
});

test("a phone number is masked until its owner reveals it, and can be dialled then", async () => {
  await open();
  const theirs = { ...message, id: "t", owner: wang };
  await act(() => link.hear({ type: "offline", version: 1, whole: true, put: [message, theirs] }));
  await act(() => button("留言").click());
  const cards = () => [...root.querySelectorAll(".offline-card")].map((each) => each.textContent ?? "");
  expect(cards().filter((each) => each.includes("显示号码"))).toHaveLength(1);
  expect(root.querySelector(".offline-card a")).toBeNull();
  await act(() => button("显示号码").click());
  const asked = link.of("offline.reveal")[0];
  expect(asked?.frame).toMatchObject({ id: "m" });
  await act(async () => {
    asked?.resolve({ type: "phone", ref: asked.frame.ref, id: "m", phone: "13812342211" });
  });
  const dialled = root.querySelector(".offline-card a");
  expect([dialled?.textContent, dialled?.getAttribute("href")]).toEqual(["13812342211", "tel:13812342211"]);
  await act(() => link.hear({ type: "offline", version: 2, put: [{ ...message, owner: wang }] }));
  expect(text()).not.toContain("13812342211");
});

test("after many revealed numbers the refusal says when the next may be revealed", async () => {
  await open();
  await act(() => link.hear({ type: "offline", version: 1, whole: true, put: [message] }));
  await act(() => button("留言").click());
  await act(() => button("显示号码").click());
  const asked = link.of("offline.reveal")[0];
  const refused = { type: "refused", code: "rate_limited", retry: "later", retry_ms: 600_000 } as const;
  await act(async () => {
    asked?.reject(new RefusedError({ ...refused, ref: asked.frame.ref }));
    await new Promise((then) => setTimeout(then));
  });
  expect(root.querySelector(".offline-card [role=alert]")?.textContent).toContain("请过 10 分钟再查看");
  expect(root.querySelector(".offline-card a")).toBeNull();
});

test("many 留言 are shown in pages, and several are settled at once with one note", async () => {
  await open();
  const many = Array.from({ length: 120 }, (_, n) => ({ ...message, id: `m${String(n).padStart(3, "0")}` }));
  await act(() => link.hear({ type: "offline", version: 1, whole: true, put: many }));
  await act(() => button("留言").click());
  const cards = () => root.querySelectorAll(".offline-card").length;
  expect(cards()).toBe(50);
  await act(() => button("再显示 50 条（还有 70 条）").click());
  await act(() => button("再显示 20 条（还有 20 条）").click());
  expect(cards()).toBe(120);
  await act(() => button("批量办结").click());
  const boxes = root.querySelectorAll<HTMLInputElement>(".offline-card input[type=checkbox]");
  await act(() => boxes[0]?.click());
  await act(() => boxes[1]?.click());
  expect(text()).toContain("已选 2 条，可办结 120 条");
  await write(root.querySelector(".offline-settling textarea"), "同一人重复留言");
  await act(() => root.querySelector<HTMLButtonElement>(".offline-settling [type=submit]")?.click());
  const first = link.of("offline.settle");
  expect(first.map(({ frame }) => [frame.id, frame.note])).toEqual([["m000", "同一人重复留言"]]);
  await act(async () => {
    first[0]?.resolve({ type: "accepted", ref: first[0].frame.ref, id: "m000" });
    await new Promise((then) => setTimeout(then));
  });
  expect(link.of("offline.settle").map(({ frame }) => frame.id)).toEqual(["m000", "m001"]);
});

test("the counts of my conversations agree in words", async () => {
  await open(row("a", { inactive: true }), row("b"));
  expect(root.querySelector(".status")?.textContent).toContain("另有 1 个不活跃");
  await act(() => {
    desk.dialog.value = { kind: "leave", to: "offline", reason: "" };
  });
  expect(root.querySelector(".dialog-lead")?.textContent).toContain("还有 2 个会话");
  expect(root.querySelector(".dialog-lead")?.textContent).toContain("其中 1 个不活跃");
});

test("a guardian is asked for only after a second press", async () => {
  await open(row("a"));
  await act(() => desk.select("a"));
  await act(() => root.querySelector<HTMLButtonElement>(".thread-more button")?.click());
  await act(() => button("请监护人同意").click());
  expect(link.of("consent.set")).toEqual([]);
  expect(root.querySelector(".dialog-lead")?.textContent).toContain("不是未满 14 周岁");
  await act(() => root.querySelector<HTMLButtonElement>("[role=dialog] [type=submit]")?.click());
  expect(link.of("consent.set").map(({ frame }) => frame.kind)).toEqual(["guardian"]);
});

test("many emergencies from one address are behind one line, and a supervisor dismisses them all", async () => {
  const marked = (id: string) =>
    waitingRow(id, NOON, { emergency: "body", level: "attention", crowded: true });
  await act(() => link.greet([marked("a")], me));
  expect(root.querySelector(".list-crowd")?.textContent).toContain("请主管标为误报");
  await act(() => link.greet([marked("a"), marked("b"), waitingRow("c", NOON - 1)], supervisor));
  expect(root.querySelector(".list-crowd")?.textContent).toContain("来自同一地址的急症较多：2 个没有优先");
  expect(root.querySelector(".row .badge-forward")?.textContent).toBe("同一地址");
  expect(root.querySelector(".row .badge-emergency")?.textContent).toBe("急症");
  expect(root.querySelector(".row .row-words")?.textContent).toContain("【可能危及生命的症状】你好");
  await act(() => desk.select("a"));
  expect(root.querySelector(".strip.is-emergency")?.textContent).toContain("误报");
  await act(() => button("全部标为误报").click());
  expect(link.of("emergency.dismiss")).toEqual([]);
  await act(() => button("确认把 2 个都标为误报").click());
  const first = link.of("emergency.dismiss");
  await act(async () => {
    first[0]?.resolve({ type: "accepted", ref: first[0].frame.ref });
    await new Promise((then) => setTimeout(then));
  });
  expect(link.of("emergency.dismiss").map(({ frame }) => frame.conversation)).toEqual(["a", "b"]);
});

async function write(area: HTMLTextAreaElement | HTMLInputElement | null, words: string) {
  await act(() => {
    if (area) area.value = words;
    area?.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
}

test("a consultant who leaves can transfer all open conversations, each with the reason and one note", async () => {
  await open(row("a"), row("b"));
  const free = { ...zhao, load: 0, why_not: null };
  await act(() => link.hear({ type: "colleagues", version: 1, whole: true, put: [free] }));
  await act(() => button("接待状态").click());
  await act(() => button("离线：身体不适").click());
  expect(text()).toContain("您手上还有 2 个会话");
  await act(() => button("全部转接").click());
  await act(() => root.querySelector<HTMLInputElement>(".choice input")?.click());
  const submit = root.querySelector<HTMLButtonElement>(".dialog [type=submit]");
  expect(submit?.disabled).toBe(true);
  await write(root.querySelector(".dialog textarea"), "请接着答");
  await act(() => submit?.click());
  expect(
    link.of("transfer.offer").map(({ frame }) => [frame.conversation, frame.consultant, frame.note]),
  ).toEqual([
    ["a", "zhao", "下班：请接着答"],
    ["b", "zhao", "下班：请接着答"],
  ]);
  await act(() => link.hear({ type: "conversations", version: 2, gone: ["a", "b"] }));
  expect(link.of("availability.set")).toEqual([]);
  await act(() => button("设为离线").click());
  expect(link.of("availability.set")[0]?.frame).toMatchObject({
    availability: "offline",
    reason: "身体不适",
  });
});

test("asking for a break's reason in one's own words closes the menu", async () => {
  await open();
  await act(() => button("接待状态").click());
  await act(() => root.querySelectorAll<HTMLButtonElement>(".chip")[3]?.click());
  expect(root.querySelector(".menu-body")).toBeNull();
  await write(root.querySelector(".dialog input"), "去拿药");
  await act(() => root.querySelector<HTMLButtonElement>(".dialog [type=submit]")?.click());
  expect(link.of("availability.set")[0]?.frame).toMatchObject({ availability: "break", reason: "去拿药" });
});

// axe checks every element with every rule, which takes a while on a busy machine.
test("axe finds no fault", async () => {
  await open(
    row("a", { unanswered_since: NOON - 70_000 }),
    waitingRow("b", NOON),
    row("c", { owner: wang, offer: { id: "o", kind: "transfer", ends_at: NOON, mine: true, by: wang } }),
  );
  await act(() => desk.select("a"));
  await live("a", entry("a", 1), entry("a", 2, { kind: "note" }));
  // Colours are checked by a test with a real layout.
  const rules = { "color-contrast": { enabled: false }, region: { enabled: false } };
  const found = await axe.run(root, { rules });
  expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}, 60_000);

test.each([
  { kind: "assign", conversation: "b" },
  { kind: "ask", conversation: "a" },
  { kind: "release", conversation: "a" },
  { kind: "leave", to: "break", reason: "" },
  { kind: "hand_over", to: null, reason: "" },
  { kind: "reason", availability: "break" },
] satisfies OpenDialog[])(
  "axe finds no fault in the dialog $kind",
  async (question) => {
    await act(() => link.greet([row("a"), waitingRow("b", NOON)], { ...supervisor, shift }));
    await act(() => link.hear({ type: "colleagues", version: 1, whole: true, put: [zhao] }));
    await act(() => link.hear({ type: "offline", version: 1, whole: true, put: [message] }));
    await act(() => {
      desk.offlineOpen.value = true;
      desk.dialog.value = question;
    });
    const rules = { "color-contrast": { enabled: false }, region: { enabled: false } };
    const found = await axe.run(root, { rules });
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  },
  60_000,
);
