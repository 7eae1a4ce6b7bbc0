// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { VisitorFrame } from "../../shared/frames";
import { fakeStorage } from "../../shared/link/fakes";
import { RefusedError } from "../../shared/link/outbox";
import { tellZone } from "../../shared/zone";
import type { Chat } from "../chat/chat";
import { START } from "../chat/state";
import { TabStorage } from "../chat/tabStorage";
import consents from "../consent/asked.json";
import { fetchLookout } from "../emergency/words";
import { Callback } from "./Callback";

tellZone("Asia/Shanghai");

const NIGHT = Date.UTC(2026, 10, 20, 18); // 2:00 in Shanghai
const MORNING = Date.UTC(2026, 10, 21, 0, 10);
const NOON = Date.UTC(2026, 10, 21, 4);

type Request = VisitorFrame & { ref: string };

let root: HTMLElement;
let asked: { frame: Request; answer(by: object): void; refuse(code: string, details?: object): void }[];
let chat: Chat;
let begun: number;

beforeEach(() => {
  vi.useFakeTimers();
  root = document.createElement("div");
  document.body.replaceChildren(root);
  asked = [];
  begun = 0;
  const request = (frame: Request) =>
    new Promise((resolve, reject) => {
      asked.push({
        frame,
        answer: (by) => resolve({ type: "accepted", ref: frame.ref, ...by }),
        refuse: (code, details = {}) =>
          reject(
            new RefusedError({
              type: "refused",
              ref: frame.ref,
              code,
              retry: "no",
              details: details as never,
            }),
          ),
      });
    });
  chat = {
    state: { ...START },
    serverNow: NIGHT,
    troubled: false,
    connection: { state: "live" },
    tabStorage: new TabStorage(fakeStorage(), "demo"),
    messages: { request, choices: [], deciding: new Map() },
    subscribe: () => () => {},
    door: {
      begins: () => {
        begun += 1;
      },
    },
  } as unknown as Chat;
});

afterEach(() => {
  render(null, root);
  vi.useRealTimers();
});

const text = () => root.textContent ?? "";
const of = (type: string) => asked.filter(({ frame }) => frame.type === type);
const button = (name: string) => {
  const found = [...root.querySelectorAll("button")].find((each) => each.textContent === name);
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
};
const click = (name: string) => act(() => button(name).click());
const input = (id: string) => root.querySelector<HTMLInputElement>(`#${id}`) as HTMLInputElement;

async function shows(onClose = () => {}): Promise<void> {
  await act(() => render(<Callback chat={chat} department="" onClose={onClose} />, root));
}

async function types(id: string, words: string): Promise<void> {
  await act(() => {
    input(id).value = words;
    input(id).dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
}

const submits = () =>
  act(() => void root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true })));

async function opened(): Promise<void> {
  await shows();
  await act(async () => asked[0]?.answer({ type: "callback" }));
}

test("a number is asked for first, and read back before anything is sent", async () => {
  await opened();
  await submits();
  expect(root.querySelector("[role=alert]")?.textContent).toBe("请填写可以接听的电话号码。");
  expect(document.activeElement?.id).toBe("call-phone");
  await types("call-phone", "13812345678");
  await submits();
  expect(root.querySelector(".call-read")?.textContent).toBe("138 1234 5678");
  expect(text()).toContain("不对别人说出医院名称");
  expect(text()).toContain(consents.callback.zh.text);
  expect(of("callback.request")).toHaveLength(0);
});

test("a double tap sends once, and what the server promises is shown", async () => {
  await opened();
  await types("call-phone", "138 1234 5678");
  await submits();
  await click("确认，请给我回电");
  await click("确认，请给我回电");
  const [sent, ...more] = of("callback.request");
  expect(more).toEqual([]);
  expect(sent?.frame).toMatchObject({
    phone: "138 1234 5678",
    day: "soonest",
    asked: consents.callback.zh.sha256,
  });
  expect(sent?.frame).not.toHaveProperty("may_name");
  await act(async () => sent?.answer({ id: "c", call_from: MORNING, answer_by: NOON }));
  expect(text()).toContain("我们会在今天 8:10\u2060–\u206012:00 给您回电。");
  expect(text()).toContain("138****5678");
  expect(chat.tabStorage.callback).toBeNull();
});

test("what was typed stays when the dialog is closed and opened again", async () => {
  await opened();
  await types("call-phone", "13812345678");
  await types("call-name", "王奶奶");
  render(null, root);
  asked = [];
  await opened();
  expect(input("call-phone").value).toBe("13812345678");
  expect(input("call-name").value).toBe("王奶奶");
});

test("offline it says that nothing was sent yet, and keeps the text", async () => {
  await opened();
  await types("call-phone", "13812345678");
  await submits();
  Object.assign(chat, { connection: { state: "reconnecting" } });
  await click("确认，请给我回电");
  expect(text()).toContain("还没有发出，正在重试。您填的内容都在。");
  expect(chat.tabStorage.callback).toMatchObject({ phone: "13812345678" });
});

test("without an answer the form is there after two seconds", async () => {
  await shows();
  expect(root.querySelector("form")).toBeNull();
  await act(() => void vi.advanceTimersByTime(2_000));
  expect(root.querySelector("form")).not.toBeNull();
});

test("a refused number is asked for again, with everything else in place", async () => {
  await opened();
  await types("call-phone", "4008001234");
  await types("call-name", "王");
  await submits();
  await click("确认，请给我回电");
  await act(async () => of("callback.request")[0]?.refuse("phone_invalid", { why: "kind" }));
  expect(text()).toContain("400");
  expect(input("call-name").value).toBe("王");
});

test("another refusal says that nothing is lost", async () => {
  await opened();
  await types("call-phone", "13812345678");
  await submits();
  await click("确认，请给我回电");
  await act(async () => of("callback.request")[0]?.refuse("rate_limited"));
  expect(text()).toContain("请求太多");
  expect(chat.tabStorage.callback).toMatchObject({ phone: "13812345678" });
});

test("an open call-back is shown at once, and withdrawn at the server", async () => {
  await shows();
  const told = { type: "callback", id: "c", phone: "138****5678", call_from: MORNING, answer_by: NOON };
  await act(async () => asked[0]?.answer(told));
  expect(text()).toContain("我们会在今天 8:10\u2060–\u206012:00 给您回电。");
  await click("撤回，不用回电");
  expect(of("callback.withdraw")[0]?.frame).toMatchObject({ id: "c" });
  expect(text()).not.toContain("已撤回");
  await act(async () => of("callback.withdraw")[0]?.answer({ id: "c" }));
  expect(text()).toContain("已撤回，我们不会给您回电。");
});

test("the hospital's name may be said only when the visitor ticks it", async () => {
  await opened();
  const box = root.querySelector<HTMLInputElement>("[type=checkbox]");
  expect(box?.checked).toBe(false);
  await act(() => box?.click());
  await types("call-phone", "13812345678");
  await submits();
  expect(text()).toContain("可以对接电话的人说出医院名称");
  await click("确认，请给我回电");
  expect(of("callback.request")[0]?.frame).toMatchObject({ may_name: true });
});

test("the next person is asked who they are: what was typed, and what was promised, is somebody's", async () => {
  await opened();
  expect(begun).toBe(0);
  await types("call-phone", "13812345678");
  expect(begun).toBe(1);
  render(null, root);
  chat.tabStorage.callback = null;
  begun = 0;
  asked = [];
  await shows();
  await act(async () => asked[0]?.answer({ type: "callback", id: "c", phone: "138****5678" }));
  expect(begun).toBe(1);
});

test.each([
  ["胸口痛得喘不上气", true],
  // A person beside the visitor would read it.
  ["我老公又打我了 这次打到耳朵听不见", false],
])("the topic %s shows whom to call: %s", async (topic, warns) => {
  const words = fetchLookout();
  await vi.advanceTimersByTimeAsync(1_000);
  await words;
  await opened();
  await types("call-topic", topic);
  expect(root.querySelector(".call-emergency") !== null).toBe(warns);
});
