// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import { Rating } from "./Rating";

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

const button = (label: string) =>
  [...root.querySelectorAll("button")].find(({ textContent }) => textContent === label);

test("a rating that was given can be changed, and the change is sent", async () => {
  const onRate = vi.fn(async () => {});
  act(() => render(<Rating given={2} onRate={onRate} />, root));
  expect(root.textContent).toContain("2");
  act(() => button("修改")?.click());
  const stars = [...root.querySelectorAll<HTMLInputElement>("input[type=radio]")];
  expect(stars.find(({ checked }) => checked)?.value).toBe("2");
  act(() => stars[4]?.click());
  await act(async () => button("提交评价")?.click());
  expect(onRate).toHaveBeenCalledWith(5, [], "");
});

test("who changes a rating does not write the rest again", async () => {
  const onRate = vi.fn(async () => {});
  act(() => render(<Rating given={null} onRate={onRate} />, root));
  act(() => root.querySelectorAll<HTMLInputElement>("input[type=radio]")[4]?.click());
  act(() => root.querySelector<HTMLInputElement>("input[type=checkbox]")?.click());
  const box = root.querySelector("textarea");
  act(() => {
    if (box) box.value = "很有耐心";
    box?.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await act(async () => button("提交评价")?.click());
  act(() => render(<Rating given={5} onRate={onRate} />, root));
  act(() => button("修改")?.click());
  expect(button("不评价")).toBeUndefined();
  act(() => root.querySelectorAll<HTMLInputElement>("input[type=radio]")[3]?.click());
  await act(async () => button("提交评价")?.click());
  expect(onRate).toHaveBeenLastCalledWith(4, ["回复及时"], "很有耐心");
});
