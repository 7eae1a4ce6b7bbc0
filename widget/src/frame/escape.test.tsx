// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useEscape } from "./escape";

const close = vi.fn();
const leave = vi.fn();
let root: HTMLElement;

function Screen() {
  useEscape(close, leave);
  return <input onKeyDown={(event) => event.ctrlKey && event.stopPropagation()} />;
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  root = document.body.appendChild(document.createElement("div"));
  await act(() => render(<Screen />, root));
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.useRealTimers();
});

/** Presses a key at these times, in ms, and lets everything happen. */
function pressed(times: number[], made: KeyboardEventInit = {}): void {
  let now = 0;
  for (const time of times) {
    vi.advanceTimersByTime(time - now);
    now = time;
    const event = new KeyboardEvent("keydown", { key: "Escape", bubbles: true, ...made });
    Object.defineProperty(event, "timeStamp", { value: 10_000 + time });
    root.querySelector("input")?.dispatchEvent(event);
  }
  vi.advanceTimersByTime(1_000);
}

test.each([
  ["once", [0], 1, 0],
  ["twice quickly", [0, 200], 1, 0],
  ["three times quickly", [0, 200, 400], 1, 1],
  ["three times slowly", [0, 500, 1_000], 3, 0],
])("Escape %s", (_, times, closed, left) => {
  pressed(times);
  expect([close.mock.calls.length, leave.mock.calls.length]).toEqual([closed, left]);
});

test("a dialog that stops the key is not closed with the chat, and three presses leave all the same", () => {
  pressed([0, 200], { ctrlKey: true });
  expect(close).not.toHaveBeenCalled();
  pressed([2_000, 2_200, 2_400], { ctrlKey: true });
  expect(leave).toHaveBeenCalledTimes(1);
});

test.each([{ repeat: true }, { isComposing: true }, { key: "Enter" }])("not %o", (made) => {
  pressed([0, 200, 400], made);
  expect([close.mock.calls.length, leave.mock.calls.length]).toEqual([0, 0]);
});
