// @vitest-environment happy-dom
// Sentences that depend on who reads them, and on the present situation.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { language } from "../../shared/texts";
import { typed } from "../composer/drafts";
import { DeskContext } from "../desk/context";
import { Desk } from "../desk/desk";
import { FakeLink, li, me, NOON, row, supervisor, wang } from "../desk/testing";
import { App } from "./App";

const MINUTE = 60_000;
const shift = {
  name: "早班",
  starts_at: NOON - 240 * MINUTE,
  ends_at: NOON + 240 * MINUTE,
  check_in_from: NOON - 245 * MINUTE,
};

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

const text = (selector: string) => root.querySelector(selector)?.textContent ?? "";
const open = (...rows: ReturnType<typeof row>[]) => act(() => link.greet(rows));
const select = (id: string) => act(() => desk.select(id));

test.each(["transfer", "ask"] as const)(
  "a supervisor who gets the question %s reads who keeps the conversation",
  async (kind) => {
    await act(() => link.greet([row("a", { owner: wang })], supervisor));
    await act(() => {
      desk.dialog.value = { kind, conversation: "a" };
    });
    expect(text(".dialog-hint")).toContain("仍由王建国接待");
  },
);

test("the owner who transfers reads that they keep the conversation", async () => {
  await open(row("a"));
  await act(() => {
    desk.dialog.value = { kind: "transfer", conversation: "a" };
  });
  expect(text(".dialog-hint")).toBe("对方接受之前，仍由您接待。");
});

test("an invitation that was not accepted is withdrawn, and a joined colleague is asked to leave", async () => {
  const invited = { person: wang, asked_for: "join" } as const;
  await open(
    row("a", { participants: [invited] }),
    row("b", { participants: [{ ...invited, joined: true }] }),
  );
  await select("a");
  expect(text(".strip button")).toBe("撤回邀请");
  await select("b");
  expect(text(".strip button")).toBe("请其离开");
});

test("a colleague who is asked to join reads an invitation, one who is asked for help a request", async () => {
  const asked = { person: li, note: "请看检查单" };
  await open(
    row("a", { owner: wang, participants: [{ ...asked, asked_for: "join" }] }),
    row("b", { owner: wang, participants: [{ ...asked, asked_for: "help" }] }),
  );
  expect(text(".list")).toContain("邀请您加入会话：请看检查单");
  expect(text(".list")).toContain("请您协助：请看检查单");
});

test("the composer says what Enter does in each mode", async () => {
  await open(row("a"));
  await select("a");
  expect(text(".composer-keys")).toContain("Enter 发送");
  await act(() => desk.setMode("a", "note"));
  expect(text(".composer-keys")).toContain("Enter 保存备注");
});

test("the time from which new conversations come is shown before it, not after", async () => {
  await open();
  const tell = (receives_from: number) =>
    act(() => link.hear({ type: "me", me: { ...me, shift: { ...shift, receives_from } } }));
  await tell(NOON + 10 * MINUTE);
  expect(root.querySelector<HTMLElement>(".shift button")?.title).toContain("起接新会话");
  await tell(NOON - 10 * MINUTE);
  expect(root.querySelector<HTMLElement>(".shift button")?.title).toBe("");
});

test("neither a note nor a reply without visible characters can be sent", async () => {
  await open(row("a"));
  await select("a");
  const sendButton = () => root.querySelector<HTMLButtonElement>(".composer [type=submit]");
  const type = (body: string) =>
    act(() => {
      desk.drafts.value = typed(desk.drafts.value, "a", desk.modeOf("a"), body);
    });
  await type("您好");
  expect(sendButton()?.disabled).toBe(false);
  await type("\u3164\u200b");
  expect(sendButton()?.disabled).toBe(true);
});
