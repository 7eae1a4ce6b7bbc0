// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { RefusedError } from "../../../widget/src/link/link";
import { Console } from "./console";
import { draftOf, typed } from "./drafts";
import { retry, send, takeBack } from "./sending";
import { answer, entry, FakeLink, row, supervisor, wang } from "./testing";

let link: FakeLink;
let console: Console;

beforeEach(() => {
  sessionStorage.clear();
  link = new FakeLink();
  console = new Console(link.asLink);
  link.greet([row("a", { fence: 4 }), row("b")]);
});

function write(conversation: string, body: string): void {
  console.drafts.value = typed(console.drafts.value, conversation, console.modeOf(conversation), body);
}

async function refuse(code: string, retryHow: "no" | "same" = "no"): Promise<void> {
  link
    .of("message.post")
    .at(-1)
    ?.reject(new RefusedError({ type: "refused", code, retry: retryHow }));
  await settled();
}

const settled = () => new Promise((done) => setTimeout(done, 0));
const written = (id: string) => draftOf(console.drafts.value, id, console.modeOf(id));

test("pasted line breaks go out as newlines, and a reply of which nothing is to be seen goes nowhere", () => {
  write("a", "第一行\u000b第二行\u2028第三行\u0007");
  send(console, "a");
  expect(link.of("message.post")[0]?.frame).toMatchObject({ body: "第一行\n第二行\n第三行" });
  expect(console.outbox.value.map(({ body }) => body)).toEqual(["第一行\n第二行\n第三行"]);
  write("b", "\u2800\ufe0f");
  send(console, "b");
  expect(link.of("message.post")).toHaveLength(1);
});

test("a reply goes out trimmed, with the fence of its row, and the composer is empty", () => {
  write("a", " 您好 \n");
  send(console, "a");
  expect(link.of("message.post")[0]?.frame).toMatchObject({ conversation: "a", body: "您好", fence: 4 });
  expect(written("a")).toBe("");
});

test("blanks are not sent", () => {
  write("a", " \n ");
  send(console, "a");
  expect(link.of("message.post")).toEqual([]);
});

test("in note mode a note goes out, and the mode stays", () => {
  console.setMode("a", "note");
  write("a", "需要跟进");
  send(console, "a");
  expect(link.of("note.post")[0]?.frame).toMatchObject({ body: "需要跟进" });
  expect(link.of("message.post")).toEqual([]);
  expect(console.modeOf("a")).toBe("note");
});

test("the bubble leaves when its entry comes, whichever comes first, entry or answer", async () => {
  write("a", "您好");
  send(console, "a");
  const asked = link.of("message.post")[0];
  link.hear(answer("a", 1, { ref: asked?.frame.ref ?? "" }));
  expect(console.outbox.value).toEqual([]);
  asked?.resolve({ type: "accepted" });
  await settled();
  expect(console.outbox.value).toEqual([]);
});

test("texts stand in the order in which they were written", () => {
  for (const body of ["一", "二", "三"]) {
    write("a", body);
    send(console, "a");
  }
  expect(console.outbox.value.map(({ body }) => body)).toEqual(["一", "二", "三"]);
});

test("a text refused because the conversation was given away is back in the composer", async () => {
  write("a", "您好");
  send(console, "a");
  await refuse("fence_stale");
  expect(written("a")).toBe("您好");
  expect(console.outbox.value).toEqual([]);
  expect(console.notices.value).toHaveLength(1);
});

test("a refused text never covers what is being written: it stays as a bubble", async () => {
  write("a", "第一句");
  send(console, "a");
  write("a", "第二句");
  await refuse("fence_stale");
  expect(written("a")).toBe("第二句");
  expect(console.outbox.value).toMatchObject([{ body: "第一句", refused: { code: "fence_stale" } }]);
});

test("a failed text is tried again under the same ref and the fence of now", async () => {
  write("a", "您好");
  send(console, "a");
  await refuse("unavailable", "same");
  link.hear({ type: "conversations", version: 2, put: [row("a", { fence: 9 })] });
  const message = console.outbox.value[0];
  if (message) retry(console, message);
  const [first, second] = link.of("message.post");
  expect(second?.frame).toMatchObject({ ref: first?.frame.ref, fence: 9 });
  expect(console.outbox.value[0]?.refused).toBeNull();
});

test("a failed text taken back stands in front of what is written", async () => {
  write("a", "第一句");
  send(console, "a");
  write("a", "第二句");
  await refuse("internal", "same");
  const message = console.outbox.value[0];
  if (message) takeBack(console, message);
  expect(written("a")).toBe("第一句\n第二句");
  expect(console.outbox.value).toEqual([]);
});

test("words copied from another visitor are asked about first, and sent when he is sure", () => {
  link.hear(entry("a", 1, { body: "我叫张三，住长沙" }));
  console.copies.value = [{ conversation: "a", label: "a", text: "我叫张三，住长沙" }];
  write("b", "您是：我叫张三，住长沙");
  send(console, "b");
  expect(link.of("message.post")).toEqual([]);
  expect(console.question.value).toMatchObject({ kind: "wrong_chat", conversation: "b" });
  expect(written("b")).not.toBe("");
  send(console, "b", true);
  expect(link.of("message.post")).toHaveLength(1);
});

test("a supervisor's words in a colleague's conversation are a note, without any switch", () => {
  link.greet([row("c", { owner: wang })], supervisor);
  write("c", "请先问年龄");
  send(console, "c");
  expect(link.of("note.post")[0]?.frame).toMatchObject({ conversation: "c", body: "请先问年龄" });
});

test("a note may quote another visitor: only replies are asked about", () => {
  console.copies.value = [{ conversation: "a", label: "a", text: "我叫张三，住长沙" }];
  console.setMode("b", "note");
  write("b", "我叫张三，住长沙");
  send(console, "b");
  expect(link.of("note.post")).toHaveLength(1);
});
