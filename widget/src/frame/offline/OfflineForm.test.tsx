// @vitest-environment happy-dom
import { createRef, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Entry, NoticeShown } from "../../shared/frames";
import { CONVERSATION, entry, fakeStorage } from "../../shared/link/fakes";
import type { Chat } from "../chat/chat";
import { START } from "../chat/state";
import { TabStorage } from "../chat/tabStorage";
import { Emergency } from "../emergency/Emergency";
import type { Fields } from "./fields";
import { OfflineForm } from "./OfflineForm";
import { OfflinePane } from "./OfflinePane";
import { OfflineReceipt } from "./OfflineReceipt";
import type { OfflineMessage } from "./offlineMessage";

let root: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

afterEach(() => {
  render(null, root);
  vi.useRealTimers();
});

const FIELDS: Fields = { kind: "question", name: "", phone: "", asked: false, waits: false, filled: null };
const said = () => root.textContent ?? "";
const alerts = () => Array.from(root.querySelectorAll("[role=alert]"), (each) => each.textContent);

async function form(
  text: string,
  fields: Partial<Fields> = {},
  by: Partial<OfflineMessage> = {},
  notice: NoticeShown | null = null,
) {
  const onSend = vi.fn();
  const offlineMessage = { fields: { ...FIELDS, ...fields }, sent: null, failure: null, ...by };
  await act(() =>
    render(
      <OfflineForm
        offlineMessage={offlineMessage}
        text={text}
        limit={10}
        box={createRef()}
        why="现在不在服务时间。"
        answerBy="明天 8:40"
        phone="0731-1"
        troubled={false}
        back={null}
        served={false}
        focused={false}
        notice={notice}
        stays={false}
        onText={() => {}}
        onFields={() => {}}
        onBack={() => {}}
        onSend={onSend}
        onCall={() => {}}
      />,
      root,
    ),
  );
  const submit = () =>
    act(() => void root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true })));
  return { onSend, submit };
}

test("the form asks for at most four things, says why a phone helps, and labels each field", async () => {
  await form("");
  expect(root.querySelectorAll("fieldset, textarea, input:not([type=radio])")).toHaveLength(4);
  expect(root.querySelector(".leave-foot")?.textContent).toContain("无法主动联系您");
  for (const field of root.querySelectorAll("textarea, input:not([type=radio])"))
    expect(root.querySelector(`label[for=${field.id}]`)?.textContent).toBeTruthy();
});

test("a call by a certain time is promised only to visitors who leave a number", async () => {
  const foot = () => root.querySelector(".leave-foot .hint")?.textContent;
  await form("话", { phone: "13800000000" });
  expect(foot()).toBe("我们最晚明天 8:40 前回电。");
  await form("话");
  expect(foot()).toBe("不留电话，我们无法主动联系您：请留下电话，或拨打 0731-1。");
  expect(said()).not.toContain("8:40");
});

test("a refused number is asked for again, and nothing else is lost", async () => {
  const failure = (why: string) => ({ code: "phone_invalid", again: false, details: { why } });
  await form("话", { phone: "1381234567", name: "王" }, { failure: failure("number") });
  expect(alerts()).toEqual([expect.stringContaining("11 位")]);
  expect(root.querySelector<HTMLInputElement>("#leave-phone")?.getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement?.id).toBe("leave-phone");
  expect(root.querySelector(".leave-foot")?.textContent).not.toContain("回电");
  expect(root.querySelector<HTMLInputElement>("#leave-name")?.value).toBe("王");
  await form("话", { phone: "4008001234" }, { failure: failure("kind") });
  expect(alerts()).toEqual([expect.stringContaining("400")]);
});

test("a 留言 without visible characters counts as empty", async () => {
  const { onSend, submit } = await form("\u2800\u200b\u0301");
  await submit();
  expect(onSend).not.toHaveBeenCalled();
  expect(alerts()).toHaveLength(1);
});

test("an empty 留言 is not sent: the form says what is missing and moves the focus there", async () => {
  const { onSend, submit } = await form("  ");
  expect(alerts()).toEqual([]);
  await submit();
  expect(onSend).not.toHaveBeenCalled();
  expect(alerts()).toEqual(["请写下您想说的话。"]);
  expect(document.activeElement?.id).toBe("leave-text");
  expect(document.activeElement?.getAttribute("aria-invalid")).toBe("true");
});

test.each(["12", "不告诉", "138.0000.0000"])(
  "a phone number that cannot be called, %s, is asked for again",
  async (phone) => {
    const { onSend, submit } = await form("有话说", { phone });
    await submit();
    expect(onSend).not.toHaveBeenCalled();
    expect(document.activeElement?.id).toBe("leave-phone");
  },
);

test.each(["", "13800000000", "0731-88880000", "+86 138 0000 0000", "(0731)88880000", "88880000转12"])(
  "with the phone number %j it is sent",
  async (phone) => {
    const { onSend, submit } = await form("有话说", { phone });
    await submit();
    expect(onSend).toHaveBeenCalledOnce();
  },
);

test("a 留言 that is too long says at once by how much", async () => {
  await form("一二三四五六七八九十一二");
  expect(alerts()).toEqual(["超出 2 个字，请缩短一些。"]);
});

test("a 留言 under way cannot be changed or sent twice, and is called unsent after three seconds", async () => {
  const frame = { type: "offline.leave", ref: "r", department: "d", kind: "question", body: "话" } as const;
  const { onSend, submit } = await form("话", {}, { sent: { frame, at: Date.now() } });
  expect(root.querySelector("textarea")?.readOnly).toBe(true);
  expect(said()).toContain("发送中");
  await submit();
  expect(onSend).not.toHaveBeenCalled();
  await act(() => void vi.advanceTimersByTime(3_000));
  expect(said()).toContain("未发出，正在重试");
});

test("after a refusal the form says that the text is kept, and whom to call", async () => {
  await form("话", {}, { failure: { code: "internal", again: true, details: {} } });
  expect(alerts().join()).toContain("内容还在");
  expect(alerts().join()).toContain("0731-1");
});

test.each([
  ["women", "closed", "再留一条"],
  ["", "closed", "再留一条"],
  ["women", "open", "重新咨询"],
  ["", "open", "重新咨询"],
])(
  "after a 留言 for %j the next button is what can be done while it is %s",
  async (department, now, next) => {
    const left = { department, conversation: null, body: "", phoneEnds: "", answerBy: null, emergency: null };
    const hours = ["women", "children"].map((each) => ({ department: each, open: now === "open" }));
    const chat = { state: { ...START, hours }, serverNow: 0, offlineMessage: { left } } as unknown as Chat;
    const rest = {
      chat,
      department: "",
      above: false,
      stays: false,
      box: createRef<HTMLTextAreaElement>(),
      onText: () => {},
      onLeave: () => {},
      onCall: () => {},
      onBack: () => {},
      children: null,
    };
    await act(() => render(<OfflinePane view="left" {...rest} />, root));
    expect(root.querySelector("button")?.textContent).toBe(next);
  },
);

test("the notice stands above the button, which agrees to it; an earlier server has none", async () => {
  await form("话");
  expect(root.querySelector("[type=submit]")?.textContent).toBe("提交留言");
  const notice = {
    version: "1",
    zh: "告知",
    en: "Notice",
    text_zh: "z",
    text_en: "e",
    link: "https://h.example/p",
  };
  await form("话", {}, {}, notice);
  expect(said()).toMatch(/告知 隐私告知.*同意并留言$/);
  expect(root.querySelector("a")?.getAttribute("href")).toBe(notice.link);
});

test("the hospital's number is in one unbroken clause, before and after sending", async () => {
  const clauses = () => Array.from(root.querySelectorAll(".clause"), (each) => each.textContent);
  await form("话");
  expect(clauses()).toContain("或拨打 0731-1。");
  await form("话", {}, { failure: { code: "internal", again: true, details: {} } });
  expect(clauses().filter((each) => each === "或拨打 0731-1。")).toHaveLength(2);
  const left = {
    department: "",
    conversation: null,
    body: "",
    phoneEnds: "",
    answerBy: null,
    emergency: null,
  };
  const note = { token: null, left, department: "", phone: "0731-1", now: 0, open: true, onGoOn: () => {} };
  await act(() => render(<OfflineReceipt {...note} />, root));
  expect(clauses()).toContain("或拨打 0731-1。");
});

test("a 留言 that sounds like an emergency is answered with where to find help", async () => {
  const offlineMessage = { left: { emergency: "body" } };
  const chat = { state: START, tabStorage: new TabStorage(fakeStorage(), "demo"), offlineMessage };
  await act(() => render(<Emergency chat={chat as unknown as Chat} lookout={null} />, root));
  expect(root.querySelector("a")?.href).toBe("tel:120");
});

function inEmergency(tabStorage: TabStorage, ...kinds: string[]) {
  const entries: Entry[] = kinds.map((emergency, place) => {
    const { body: _, ...bare } = entry(place + 1);
    return { ...bare, kind: "event", event: { name: "emergency_noticed", emergency } };
  });
  const chat = {
    state: { ...START, conversation: CONVERSATION, entries },
    tabStorage,
    offlineMessage: { left: null },
  };
  return act(() => render(<Emergency chat={chat as unknown as Chat} lookout={null} />, root));
}

/** The bars above the text: the permanent line, or the notice that replaces it. */
function bars() {
  return Array.from(root.querySelectorAll(".safety, .banner"), ({ classList }) => classList[0]);
}

test("in an emergency the numbers can be called, and the notice can be dismissed once for each kind", async () => {
  const tabStorage = new TabStorage(fakeStorage(), "demo");
  const numbers = () => Array.from(root.querySelectorAll("a"), (link) => link.getAttribute("href"));
  await inEmergency(tabStorage, "body");
  expect(numbers()).toEqual(["tel:120"]);
  expect(bars()).toEqual(["banner"]);
  await act(() => root.querySelector("button")?.click());
  expect(bars()).toEqual(["safety"]);
  await inEmergency(tabStorage, "body", "body");
  expect(bars()).toEqual(["safety"]);
  await inEmergency(tabStorage, "body", "body", "mind");
  expect(numbers()).toEqual(["tel:12356", "tel:120", "tel:110"]);
  expect(root.querySelector("[aria-modal]")).toBeNull();
});

test("a dismissed notice stays away after a reload", async () => {
  const storage = fakeStorage();
  await inEmergency(new TabStorage(storage, "demo"), "mind");
  await act(() => root.querySelector("button")?.click());
  render(null, root);
  await inEmergency(new TabStorage(storage, "demo"), "mind");
  expect(bars()).toEqual(["safety"]);
});
