// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { language } from "../../shared/texts";
import { Desk } from "../desk/desk";
import { answer, entry, FakeLink, NOON, row, supervisor, wang } from "../desk/testing";
import { draftOf, going, heldDraft, saved, typed } from "./drafts";
import { retry, send as sendIn, takeBack } from "./sending";

let link: FakeLink;
let desk: Desk;

beforeEach(() => {
  sessionStorage.clear();
  language.value = "zh";
  link = new FakeLink();
  desk = new Desk(link.asLink);
  link.greet([row("a", { fence: 4 }), row("b")]);
});

function write(conversation: string, body: string): void {
  desk.drafts.value = typed(desk.drafts.value, conversation, desk.modeOf(conversation), body);
}

/** Sends in the mode that is on the screen. */
function send(conversation: string, sure = false): void {
  sendIn(desk, conversation, desk.modeOf(conversation), { sure });
}

async function refuse(code: string, retryHow: "no" | "same" = "no"): Promise<void> {
  link
    .of("message.post")
    .at(-1)
    ?.reject(new RefusedError({ type: "refused", code, retry: retryHow }));
  await settled();
}

const settled = () => new Promise((done) => setTimeout(done, 0));
const written = (id: string) => draftOf(desk.drafts.value, id, desk.modeOf(id));

test("pasted line breaks are sent as newlines, and a reply without visible characters is not sent", () => {
  write("a", "第一行\u000b第二行\u2028第三行\u0007");
  send("a");
  expect(link.of("message.post")[0]?.frame).toMatchObject({ body: "第一行\n第二行\n第三行" });
  expect(desk.outbox.value.map(({ body }) => body)).toEqual(["第一行\n第二行\n第三行"]);
  write("b", "\u2800\ufe0f");
  send("b");
  expect(link.of("message.post")).toHaveLength(1);
});

test("a reply is sent trimmed, with the fence of its row, and the composer is empty", () => {
  write("a", " 您好 \n");
  send("a");
  expect(link.of("message.post")[0]?.frame).toMatchObject({ conversation: "a", body: "您好", fence: 4 });
  expect(written("a")).toBe("");
});

test("spaces are not sent", () => {
  write("a", " \n ");
  send("a");
  expect(link.of("message.post")).toEqual([]);
});

test("in note mode a note is sent, and the mode stays", () => {
  desk.setMode("a", "note");
  write("a", "需要跟进");
  send("a");
  expect(link.of("note.post")[0]?.frame).toMatchObject({ body: "需要跟进" });
  expect(link.of("message.post")).toEqual([]);
  expect(desk.modeOf("a")).toBe("note");
});

test("the bubble disappears with its entry, whether the entry or the answer comes first", async () => {
  write("a", "您好");
  send("a");
  const asked = link.of("message.post")[0];
  link.hear(answer("a", 1, { ref: asked?.frame.ref ?? "" }));
  expect(desk.outbox.value).toEqual([]);
  asked?.resolve({ type: "accepted" });
  await settled();
  expect(desk.outbox.value).toEqual([]);
});

test("texts are in the order in which they were written", () => {
  for (const body of ["一", "二", "三"]) {
    write("a", body);
    send("a");
  }
  expect(desk.outbox.value.map(({ body }) => body)).toEqual(["一", "二", "三"]);
});

test("a text that was refused because the conversation has another owner returns to the composer", async () => {
  write("a", "您好");
  send("a");
  await refuse("fence_stale");
  expect(written("a")).toBe("您好");
  expect(desk.outbox.value).toEqual([]);
  expect(desk.notices.shown.value).toHaveLength(1);
});

test("a refused text never replaces what is being written: it stays as a bubble", async () => {
  write("a", "第一句");
  send("a");
  write("a", "第二句");
  await refuse("fence_stale");
  expect(written("a")).toBe("第二句");
  expect(desk.outbox.value).toMatchObject([{ body: "第一句", refused: { code: "fence_stale" } }]);
});

test("a failed text is sent again under the same ref and with the present fence", async () => {
  write("a", "您好");
  send("a");
  await refuse("unavailable", "same");
  link.hear({ type: "conversations", version: 2, put: [row("a", { fence: 9 })] });
  const message = desk.outbox.value[0];
  if (message) retry(desk, message);
  const [first, second] = link.of("message.post");
  expect(second?.frame).toMatchObject({ ref: first?.frame.ref, fence: 9 });
  expect(desk.outbox.value[0]?.refused).toBeNull();
});

test("a failed text that is taken back comes before what is written", async () => {
  write("a", "第一句");
  send("a");
  write("a", "第二句");
  await refuse("internal", "same");
  const message = desk.outbox.value[0];
  if (message) takeBack(desk, message);
  expect(written("a")).toBe("第一句\n第二句");
  expect(desk.outbox.value).toEqual([]);
});

test("copied words of another visitor raise a question, and are sent when the writer is sure", () => {
  link.hear(entry("a", 1, { body: "我叫张三，住长沙" }));
  desk.copies.value = [{ conversation: "a", label: "a", text: "我叫张三，住长沙" }];
  write("b", "您是：我叫张三，住长沙");
  send("b");
  expect(link.of("message.post")).toEqual([]);
  expect(desk.dialog.value).toMatchObject({ kind: "wrong_chat", conversation: "b" });
  expect(written("b")).not.toBe("");
  send("b", true);
  expect(link.of("message.post")).toHaveLength(1);
});

test("a supervisor's text in a colleague's conversation is a note without any switch", () => {
  link.greet([row("c", { owner: wang })], supervisor);
  write("c", "请先问年龄");
  send("c");
  expect(link.of("note.post")[0]?.frame).toMatchObject({ conversation: "c", body: "请先问年龄" });
});

test("a note may quote another visitor: only replies raise a question", () => {
  desk.copies.value = [{ conversation: "a", label: "a", text: "我叫张三，住长沙" }];
  desk.setMode("b", "note");
  write("b", "我叫张三，住长沙");
  send("b");
  expect(link.of("note.post")).toHaveLength(1);
});

/** The server has saved it, as it says. */
const kept = (body: string, at: number) => {
  desk.drafts.value = saved(typed(desk.drafts.value, "a", "reply", body), "a", "reply", body, at);
};

test("a sent text names the draft's version, and the server removes the draft with it", async () => {
  kept("请空腹来", 7);
  send("a");
  expect(link.of("message.post")[0]?.frame).toMatchObject({ body: "请空腹来", draft: 7 });
  write("a", "还有");
  link.of("message.post")[0]?.resolve({ type: "accepted" });
  await settled();
  expect(heldDraft(desk.drafts.value, "a", "reply")).toMatchObject({ body: "还有", saved: "", at: 0 });
});

test("a text sent during a save waits for the draft's version", async () => {
  kept("请空腹", 7);
  write("a", "请空腹来");
  desk.drafts.value = going(desk.drafts.value, "a", "reply", "请空腹来");
  send("a");
  await settled();
  expect(link.of("message.post")).toEqual([]);
  expect(desk.outbox.value).toMatchObject([{ body: "请空腹来" }]);
  desk.drafts.value = saved(desk.drafts.value, "a", "reply", "请空腹来", 8);
  await settled();
  expect(link.of("message.post")[0]?.frame).toMatchObject({ body: "请空腹来", draft: 8 });
});

test("a text that waits to be sent is not sent when another window has sent the same draft", async () => {
  kept("请空腹来", 7);
  let moved = (_kept: boolean) => {};
  desk.turning.value = new Map([["a", new Promise<boolean>((done) => (moved = done))]]);
  send("a");
  link.hear({ type: "draft", conversation: "a", mode: "reply", body: "" });
  moved(true);
  await settled();
  expect(link.of("message.post")).toEqual([]);
  expect(written("a")).toBe("请空腹来");
});

test("a text that was sent from another window is not sent again, and its writer is told", async () => {
  kept("请空腹来", 7);
  send("a");
  link.hear({ type: "draft", conversation: "a", mode: "reply", body: "" });
  await refuse("draft_changed");
  expect(written("a")).toBe("请空腹来");
  expect(desk.notices.shown.value.map(({ text }) => text())).toEqual([
    "这段文字已在另一个窗口发出或改过，这里没有再发。请核对后再决定。",
  ]);
  send("a");
  expect(link.of("message.post")[1]?.frame).not.toHaveProperty("draft");
});

test("a text that another window sent is not put back when the transcript has it", async () => {
  kept("请空腹来", NOON);
  send("a");
  link.hear(answer("a", 1, { body: "请空腹来" }));
  await refuse("draft_changed");
  expect([written("a"), desk.outbox.value]).toEqual(["", []]);
  expect(desk.notices.shown.value.map(({ text }) => text())).toEqual([
    "这段文字已在另一个窗口发出，没有重复发送。",
  ]);
});

test("whatever the refusal, a text that another window has sent meanwhile is not put back", async () => {
  kept("请空腹来", NOON);
  send("a");
  link.hear(answer("a", 1, { body: "请空腹来" }));
  link.hear({ type: "draft", conversation: "a", mode: "reply", body: "" });
  await refuse("fence_stale");
  expect([written("a"), desk.outbox.value]).toEqual(["", []]);
});

test("a text that was never saved is put back, although the same was said before", async () => {
  link.hear(answer("a", 1, { body: "好的", at: NOON - 60_000 }));
  write("a", "好的");
  send("a");
  await refuse("fence_stale");
  expect(written("a")).toBe("好的");
});

test("a reply to an ended conversation is sent neither as a reply nor as a note", () => {
  write("a", "明天上午");
  link.hear({ type: "conversations", version: 2, put: [row("a", { state: "closed" })] });
  sendIn(desk, "a", "reply");
  expect(link.of("message.post")).toEqual([]);
  expect(link.of("note.post")).toEqual([]);
  expect(draftOf(desk.drafts.value, "a", "reply")).toBe("明天上午");
});
