// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Departments } from "./Departments";

const ALL = [
  { id: "women", zh: "妇科", en: "Women" },
  { id: "unsure", zh: "不确定 / 其他", en: "Not sure / other" },
];
let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

afterEach(() => render(null, root));

function draw(chosen: string) {
  const onChoose = vi.fn();
  act(() => render(<Departments all={ALL} hours={[]} chosen={chosen} hint="" onChoose={onChoose} />, root));
  const boxes = Array.from(root.querySelectorAll<HTMLInputElement>("input"));
  return { onChoose, boxes };
}

test("one tap chooses a department", () => {
  const { onChoose, boxes } = draw("");
  expect(boxes.map(({ checked }) => checked)).toEqual([false, false]);
  boxes[0]?.click();
  expect(onChoose).toHaveBeenLastCalledWith("women");
});

test("a second tap takes the choice back", () => {
  const { onChoose, boxes } = draw("women");
  boxes[0]?.click();
  expect(onChoose).toHaveBeenLastCalledWith("");
  boxes[1]?.click();
  expect(onChoose).toHaveBeenLastCalledWith("unsure");
});
