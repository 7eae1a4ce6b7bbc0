// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OWN_KEY } from "../door/person";
import { OwnDevice } from "./OwnDevice";

let root: HTMLElement;
const fetched = vi.fn(async () => new Response(null, { status: 204 }));

beforeEach(() => {
  root = document.createElement("div");
  localStorage.clear();
  fetched.mockClear();
  vi.stubGlobal("fetch", fetched);
});

afterEach(() => {
  render(null, root);
  vi.unstubAllGlobals();
});

const shown = () => act(async () => render(<OwnDevice token="t1" />, root));
const press = (place: number) => act(async () => root.querySelectorAll("button")[place]?.click());

test("yes keeps the token for longer, and is not asked again", async () => {
  await shown();
  await press(1);
  expect(localStorage.getItem(OWN_KEY)).toBe("yes");
  expect(fetched).toHaveBeenCalledWith(
    "/v1/visitor/session",
    expect.objectContaining({ method: "PUT", headers: { authorization: "Bearer t1" } }),
  );
  render(null, root);
  await shown();
  expect(root.textContent).toBe("");
});

test("no changes nothing, and is not asked again", async () => {
  await shown();
  await press(0);
  expect(fetched).not.toHaveBeenCalled();
  render(null, root);
  await shown();
  expect(root.textContent).toBe("");
});
