// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Standing } from "../../shared/frames";
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
        phone="010-0000000"
        onMessage={onMessage}
        onCall={() => {}}
        onLeave={() => {}}
      />,
      root,
    ),
  );
}

test("the place is shown at once and read aloud at most every 30 seconds", async () => {
  await draw({ ahead: 3 });
  expect(aloud()).toBe("您前面还有 3 位");
  await draw({ ahead: 2 });
  await draw({ ahead: 1 });
  expect([seen(), aloud()]).toEqual(["您前面还有 1 位", "您前面还有 3 位"]);
  await act(() => void vi.advanceTimersByTime(30_000));
  expect(aloud()).toBe("您前面还有 1 位");
});

const ways = () => Array.from(root.querySelectorAll("button"), (each) => each.textContent);

test("a 留言 instead of waiting is always offered, and is never the first button while somebody serves", async () => {
  const asked = vi.fn();
  for (const service of ["free", "busy"] as const) {
    await draw({ ahead: 7, message_offered: true, service }, asked);
    expect(ways()).toEqual(["不等了", "改为留言", "请给我回电"]);
    expect(root.querySelector(".button-primary")).toBeNull();
  }
  Array.from(root.querySelectorAll("button")).at(-2)?.click();
  expect(asked).toHaveBeenCalledOnce();
});

test("when nobody is there the 留言 is the first button, beside the phone number", async () => {
  for (const by of [{ service: "nobody" }, { service: "closed" }, { nobody: true }] as const) {
    await draw({ ahead: 0, ...by });
    expect(ways()).toEqual(["改为留言", "请给我回电", "不等了"]);
    expect(root.querySelector("button")?.className).toContain("primary");
    expect(root.textContent).toContain("010-0000000");
  }
});

test("in an emergency that nobody reads, neither place nor estimate is shown", async () => {
  await draw({ ahead: 0, wait_ms: 60_000, nobody: true, service: "nobody" }, () => {}, true);
  expect(root.textContent).toContain("请先打电话求助，不要等待回复。");
  expect(root.textContent).not.toMatch(/轮到|分钟|还有/);
});

test("a visitor who is first in line is never told that many are waiting", async () => {
  await draw({ ahead: 0, service: "busy", message_offered: true });
  expect(root.textContent).toContain("暂时没有同事能及时答复您");
  expect(root.textContent).not.toContain("等候的人较多");
});
