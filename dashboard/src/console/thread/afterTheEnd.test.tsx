// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Row } from "../../../../widget/src/shared/frames";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { language } from "../../shared/texts";
import { typed } from "../composer/drafts";
import { send } from "../composer/sending";
import { DeskContext } from "../desk/context";
import { Desk } from "../desk/desk";
import { entry, FakeLink, li, NOON, row, wang } from "../desk/testing";
import { App } from "../shell/App";

const HALF_AN_HOUR = 30 * 60_000;

let link: FakeLink;
let desk: Desk;
let root: HTMLElement;
let version: number;

beforeEach(async () => {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  sessionStorage.clear();
  language.value = "zh";
  version = 1;
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
const buttons = () => Array.from(root.querySelectorAll("button"));
const button = (name: string) => buttons().find((each) => each.textContent === name);
const list = (put: Row[], gone: string[] = []) =>
  act(() => {
    version += 1;
    link.hear({ type: "conversations", version, put, gone });
  });

/** Idle for half an hour while li owned it. */
const ended = (differs: Partial<Row> = {}) =>
  row("a", {
    state: "closed",
    closed_at: NOON,
    closed_by: "system",
    reopen_until: NOON + HALF_AN_HOUR,
    ...differs,
  });

/** The server refuses the first request of this type, and the effects are over. */
async function refuses(type: string, code: string) {
  await act(async () => {
    link.of(type)[0]?.reject(new RefusedError({ type: "refused", code, retry: "no" }));
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
}

async function opens(shown: Row) {
  await act(() => link.greet([shown]));
  await act(() => desk.select(shown.id));
  await act(() => {
    link.hear({ type: "entries", conversation: "a", epoch: "e", entries: [entry("a", 1)] });
    link.hear({ type: "live", conversation: "a", epoch: "e", seq: 1 });
  });
}

test("an answer that came too late stays in the box, and is sent after reopening the conversation", async () => {
  await opens(row("a"));
  await act(() => {
    desk.drafts.value = typed(desk.drafts.value, "a", "reply", "周六上午有门诊。");
    send(desk, "a", "reply");
  });
  await list([ended()]);
  await refuses("message.post", "conversation_closed");
  expect(Array.from(root.querySelectorAll("textarea")).map(({ value }) => value)).toContain(
    "周六上午有门诊。",
  );

  await act(() => button("重新打开")?.click());
  expect(link.of("conversation.reopen")[0]?.frame).toMatchObject({ conversation: "a", fence: 1 });
  await act(async () => link.of("conversation.reopen")[0]?.resolve({ type: "accepted" }));
  await list([row("a", { fence: 3 })]);
  expect(button("重新打开")).toBeUndefined();
  await act(() => send(desk, "a", "reply"));
  expect(link.of("message.post")[1]?.frame).toMatchObject({ body: "周六上午有门诊。", fence: 3 });
});

test.each<[string, Partial<Row>]>([
  ["the visitor ended it", { closed_by: "visitor", reopen_until: null }],
  ["the time is over", { reopen_until: NOON }],
  ["a colleague had it", { owner: wang }],
])("nothing offers to reopen it when %s", async (_why, differs) => {
  await opens(ended(differs));
  expect(text()).toContain("会话已结束");
  expect(button("重新打开")).toBeUndefined();
});

test.each([
  ["conversation_closed", "已超过可以重新打开的时间。"],
  ["asked_anew", "访客之后又发起了新的会话"],
])("the reason why it was not reopened is shown: %s", async (code, said) => {
  await opens(ended());
  await act(() => button("重新打开")?.click());
  await refuses("conversation.reopen", code);
  expect(text()).toContain(said);
});

test("an ended conversation without an outcome says so in the list, and one press gives it one", async () => {
  await opens(ended());
  expect(root.querySelector(".list")?.textContent).toContain("待选结果");
  await act(() => button("已预约")?.click());
  expect(link.of("outcome.set")[0]?.frame).toMatchObject({ conversation: "a", outcome: "booked" });
  expect(text()).toContain("结果：已预约");
  await list([ended({ outcome: "booked" })]);
  expect(root.querySelector(".list")?.textContent).not.toContain("待选结果");
  expect(text()).toContain("结果：已预约");
});

test("an outcome can be corrected", async () => {
  await opens(ended({ outcome: "booked" }));
  await act(() => button("更正")?.click());
  expect(button("已预约")?.getAttribute("aria-pressed")).toBe("true");
  await act(() => button("已解答")?.click());
  expect(link.of("outcome.set")[0]?.frame).toMatchObject({ outcome: "answered" });
  await list([ended({ outcome: "answered" })]);
  expect(text()).toContain("结果：已解答");
});

test("an outcome that was refused is not shown as chosen", async () => {
  await opens(ended());
  await act(() => button("已预约")?.click());
  await refuses("outcome.set", "out_of_turn");
  expect(text()).not.toContain("结果：已预约");
  expect(button("已预约")).toBeDefined();
});

test("a conversation that leaves the list after its outcome is shown as ended, not as lost", async () => {
  await opens(ended({ closed_by: "visitor", reopen_until: null }));
  await list([ended({ outcome: "booked" })]);
  await list([], ["a"]);
  expect(text()).toContain("会话已结束。");
  expect(text()).not.toContain("已不在您手上");
});

test("events after the end have sentences", async () => {
  await opens(ended({ outcome: "booked" }));
  const by = li;
  await act(() => {
    const told = [
      { name: "outcome_set", outcome: "answered", by },
      { name: "outcome_set", outcome: "booked", previous: "answered", by },
      { name: "reopened", by },
      { name: "reopened" },
    ] as const;
    const entries = told.map((event, place) =>
      entry("a", place + 2, { kind: "event", author: { kind: "system" }, event }),
    );
    link.hear({ type: "entries", conversation: "a", epoch: "e", entries });
  });
  for (const button of root.querySelectorAll<HTMLButtonElement>(".line-fold, .line-events button"))
    await act(() => button.click());
  for (const said of [
    "选择了结果：已解答",
    "将结果由“已解答”改为“已预约”",
    "重新打开了会话",
    "访客又发来消息，会话继续",
  ])
    expect(text()).toContain(said);
});
