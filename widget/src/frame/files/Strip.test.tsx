// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Answer, Destination, Put } from "../../shared/files/put";
import type { Uploads } from "../../shared/files/uploads";
import type { Entry } from "../../shared/frames";
import type { Chat } from "../chat/chat";
import { START } from "../chat/state";
import { Strip } from "./Strip";
import { uploadsOf } from "./visitorUploads";

let root: HTMLElement;
let sent: { to: Destination; stopped: boolean; answer(answer: Answer): void }[];
let chat: Chat;
let uploads: Uploads;

const put: Put = (to) => {
  const one = { to, stopped: false, answer: (_: Answer): void => {} };
  const answer = new Promise<Answer>((resolve) => {
    one.answer = resolve;
  });
  sent.push(one);
  return {
    answer,
    stop: () => {
      one.stopped = true;
    },
  };
};
const read = async () => ({
  width: 9,
  height: 9,
  drawn: async () => new Blob(["j"], { type: "image/jpeg" }),
});

beforeEach(async () => {
  sent = [];
  chat = { state: { ...START, conversation: "c" }, token: "secret" } as Chat;
  uploads = uploadsOf(chat, { read, put, show: () => "blob:1", unshow: () => {} });
  root = document.createElement("div");
  document.body.replaceChildren(root);
  await draw();
});

afterEach(() => {
  render(null, root);
});

const draw = (shown = true) => act(() => render(<Strip chat={chat} shown={shown} />, root));
const text = () => root.textContent ?? "";
const said = () => root.querySelector("[role=status]")?.textContent;
const button = (name: string) =>
  Array.from(root.querySelectorAll("button")).find((each) => each.textContent === name);
const click = (name: string) => act(() => button(name)?.click());
const choose = (count: number) =>
  act(() =>
    uploads.choose(Array.from({ length: count }, () => new File(["x"], "a.png", { type: "image/png" }))),
  );
const answer = (place: number, is: Answer) => act(async () => sent[place]?.answer(is));
const leavesWithoutAQuestion = () => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

test("what is picked asks to cover names, and goes with the visitor's token into this conversation", async () => {
  await choose(1);
  expect(text()).toContain("请遮住姓名、证件号等信息后再发送。");
  await click("发送 1 张图片");
  expect(sent[0]?.to.url).toContain("conversation=c&name=image.jpg");
  expect(sent[0]?.to.headers).toEqual({ authorization: "Bearer secret" });
  expect(text()).not.toContain("请遮住");
});

test("that pictures are sent is said once, when all are", async () => {
  await choose(2);
  await click("发送 2 张图片");
  await answer(0, { kind: "stored" });
  expect(said()).toBe("");
  await answer(1, { kind: "stored" });
  expect(said()).toBe("图片已发送");
  await choose(1);
  await click("发送 1 张图片");
  expect(said()).toBe("");
});

test("a picture that was cancelled is not said to be sent, also after one that was", async () => {
  await choose(1);
  await click("发送 1 张图片");
  await answer(0, { kind: "stored" });
  await choose(1);
  await click("发送 1 张图片");
  await click("取消发送");
  expect(sent[1]?.stopped).toBe(true);
  expect(said()).toBe("");
});

test("a picture whose answer was lost counts as sent once it is in the transcript", async () => {
  await choose(1);
  await click("发送 1 张图片");
  await answer(0, { kind: "unknown" });
  expect(root.querySelector("[role=alert]")?.textContent).toContain("网络不通");
  const entry = { ref: uploads.items[0]?.ref, kind: "file" } as Entry;
  chat.state = { ...chat.state, entries: [entry] };
  await draw();
  expect(root.querySelector("[role=alert]")).toBeNull();
  expect(uploads.items).toEqual([]);
});

test("sending goes on while another form stands in the place of the text box", async () => {
  await choose(1);
  await click("发送 1 张图片");
  await draw(false);
  expect(root.querySelector("section")).toBeNull();
  expect(sent[0]?.stopped).toBe(false);
  await answer(0, { kind: "stored" });
  expect(said()).toBe("图片已发送");
});

test("for the next person at this screen nothing is left, and nothing goes on", async () => {
  await choose(3);
  await click("发送 3 张图片");
  await act(() => render(null, root));
  expect(sent.map(({ stopped }) => stopped)).toEqual([true]);
  expect(uploads.items).toEqual([]);
});

test("the browser asks before a page is left with pictures that would be lost", async () => {
  expect(leavesWithoutAQuestion()).toBe(true);
  await choose(1);
  expect(leavesWithoutAQuestion()).toBe(false);
  await act(() => render(null, root));
  expect(leavesWithoutAQuestion()).toBe(true);
});
