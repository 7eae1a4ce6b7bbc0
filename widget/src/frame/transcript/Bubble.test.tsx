// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Failure, type Pending, START } from "../chat/state";
import { ConnectionLine } from "../composer/ConnectionLine";
import { PendingBubble } from "./Bubble";

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

const text = () => root.textContent ?? "";

function draw(differs: Partial<Pending> = {}, troubled = false) {
  const pending = {
    ref: "r",
    body: "痛",
    at: Date.now(),
    conversation: null,
    department: "d",
    accepted: false,
    failure: null,
    ...differs,
  };
  const nothing = () => {};
  return act(() =>
    render(
      <PendingBubble
        pending={pending}
        first
        last
        state={START}
        troubled={troubled}
        onAgain={nothing}
        onEdit={nothing}
        onLeave={nothing}
      />,
      root,
    ),
  );
}

test("a text is first shown as being sent, and within five seconds without an answer as unsent", async () => {
  await draw();
  expect(text()).toContain("发送中");
  await act(() => void vi.advanceTimersByTime(5_000));
  expect(text()).toContain("未发出，正在重试");
  expect(text()).not.toContain("已送达");
});

test("a text is shown as unsent at once when nothing can be stored", async () => {
  await draw({}, true);
  expect(text()).toContain("未发出，正在重试");
});

test("only an accepted text is shown as delivered, however late", async () => {
  await draw({ accepted: true, at: Date.now() - 60_000 }, true);
  expect(text()).toContain("已送达");
});

test.each([
  [4511, "页面需要更新才能继续。", "重新加载"],
  [4503, "聊天已在别的窗口打开。", "在这里继续"],
  [4500, "连接已结束。", "重新连接"],
])(
  "a connection that stopped with %i says what happened and what to do",
  async (stoppedWith, said, action) => {
    const connection = { state: "stopped", stoppedWith, since: Date.now() } as const;
    const restart = vi.fn();
    await act(() =>
      render(
        <ConnectionLine
          connection={connection}
          troubled={false}
          first={false}
          phone=""
          lasts
          onRestart={restart}
        />,
        root,
      ),
    );
    expect(text()).toContain(said);
    expect(root.querySelector("button")?.textContent).toBe(action);
    await act(() => void vi.advanceTimersByTime(600_000));
    expect(restart).not.toHaveBeenCalled();
  },
);

test.each([
  ["rate_limited", {}, "这一小时内发起的咨询较多"],
  ["queue_full", { limit: 20 }, "排队已满"],
  ["queue_full", { limit: 20, why: "address" }, "您所在的网络现在排队的人较多"],
])(
  "a visitor who must wait for long (%s) sees why, keeps the text and is offered a 留言",
  async (code, details, why) => {
    await draw({ failure: { code, again: true, details } as unknown as Failure });
    expect(text()).toContain("痛");
    expect(text()).toContain(why);
    expect([...root.querySelectorAll("button")].map((each) => each.textContent)).toContain("改为留言");
  },
);
