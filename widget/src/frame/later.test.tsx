// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Later, later, useLater } from "./later";

let root: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  root = document.createElement("div");
});

afterEach(() => {
  render(null, root);
  vi.useRealTimers();
});

const Form = () => <p>form</p>;

function Screen({ fetched, soon }: { fetched: Later<typeof Form>; soon: boolean }) {
  const Part = useLater(fetched, soon);
  return Part && <Part />;
}

const passes = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));

async function shows(fetched: Later<typeof Form>, soon: boolean) {
  await act(async () => render(<Screen fetched={fetched} soon={soon} />, root));
  await passes(0);
}

/** Lets `ms` pass; then what was fetched in that time arrives and is rendered. */
async function after(ms: number) {
  await passes(ms);
  await passes(0);
}

test("a part is fetched once, as soon as it may be needed", async () => {
  const load = vi.fn(async () => Form);
  const fetched = later(load);
  await shows(fetched, false);
  expect(load).not.toHaveBeenCalled();
  await shows(fetched, true);
  expect(root.textContent).toBe("form");
  await shows(fetched, false);
  await shows(fetched, true);
  await after(60_000);
  expect(load).toHaveBeenCalledTimes(1);
});

test("a part that could not be fetched is fetched again until it arrives", async () => {
  let tries = 0;
  const fetched = later(async () => {
    tries += 1;
    if (tries < 4) throw new TypeError("no network");
    return Form;
  });
  await shows(fetched, true);
  for (const tried of [2, 3]) {
    await after(3_000);
    expect([tries, root.textContent]).toEqual([tried, ""]);
  }
  await after(3_000);
  expect(root.textContent).toBe("form");
});

test("nothing is fetched for a screen that is gone", async () => {
  const load = vi.fn(() => Promise.reject(new TypeError("no network")));
  await shows(later<typeof Form>(load), true);
  await act(async () => render(null, root));
  await after(60_000);
  expect(load).toHaveBeenCalledTimes(1);
});

test("the next screen has at once what was fetched before", async () => {
  const fetched = later(async () => Form);
  await shows(fetched, true);
  render(null, root);
  act(() => render(<Screen fetched={fetched} soon={false} />, root));
  expect(root.textContent).toBe("form");
});
