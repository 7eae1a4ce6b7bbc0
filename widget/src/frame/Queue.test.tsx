// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Standing } from "../link/frames";
import { Queue } from "./Queue";

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

const aloud = () => root.querySelector("[role=status]")?.textContent;
const seen = () => root.querySelector(".queue-line")?.textContent;

function draw(by: Partial<Standing>, onMessage = () => {}, alone = false) {
  const standing = { conversation: "c", state: "waiting", department: "d", ...by } as const;
  return act(() =>
    render(
      <Queue
        standing={{ type: "conversation", ...standing }}
        alone={alone}
        closes=""
        onMessage={onMessage}
        onLeave={() => {}}
      />,
      root,
    ),
  );
}

test("the place is seen at once and read aloud at most every 30 seconds", async () => {
  await draw({ ahead: 3 });
  expect(aloud()).toBe("您前面还有 3 位");
  await draw({ ahead: 2 });
  await draw({ ahead: 1 });
  expect([seen(), aloud()]).toEqual(["您前面还有 1 位", "您前面还有 3 位"]);
  await act(() => void vi.advanceTimersByTime(30_000));
  expect(aloud()).toBe("您前面还有 1 位");
});

test("a 留言 instead of waiting is always offered, and comes first when the wait is long", async () => {
  const asked = vi.fn();
  await draw({ ahead: 2 }, asked);
  const [message, leave] = root.querySelectorAll("button");
  expect([message?.textContent, leave?.textContent]).toEqual(["改为留言", "不等了"]);
  expect(message?.className).not.toContain("primary");
  message?.click();
  expect(asked).toHaveBeenCalledOnce();
  await draw({ ahead: 7, message_offered: true });
  expect(root.querySelector("button")?.className).toContain("primary");
});

test("in an emergency that nobody reads there is no place and no estimate", async () => {
  await draw({ ahead: 0, wait_ms: 60_000, nobody: true, service: "nobody" }, () => {}, true);
  expect(root.textContent).toContain("现在没有人在线，不会有人马上看到这条消息，请不要等待回复。");
  expect(root.textContent).not.toMatch(/轮到|分钟|还有/);
});
