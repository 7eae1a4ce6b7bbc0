// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LookupCode } from "./LookupCode";

let root: HTMLElement;
let asked: { headers: Record<string, string>; body: unknown }[];
let answers: (number | string)[];
let token = 0;

beforeEach(() => {
  root = document.createElement("div");
  asked = [];
  answers = [];
  token += 1;
  vi.stubGlobal("fetch", async (_path: string, { headers, body }: RequestInit) => {
    asked.push({ headers: headers as Record<string, string>, body: JSON.parse(String(body)) });
    const answer = answers.shift();
    if (typeof answer !== "string") return new Response("{}", { status: answer ?? 500 });
    return new Response(JSON.stringify({ code: answer, ends_at: 1 }));
  });
});

afterEach(() => {
  render(null, root);
  vi.unstubAllGlobals();
});

async function shown(ends: string, now: boolean) {
  const of = { offline: "r1" };
  await act(async () => render(<LookupCode token={`t${token}`} of={of} ends={ends} now={now} />, root));
}

/** Lets the request be answered and the answer be drawn. */
async function answered() {
  for (let turn = 0; turn < 9; turn++) await act(async () => void (await null));
}

async function submits() {
  await act(async () => {
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
  });
  await answered();
}

test("both before and with the code stands where it is entered", async () => {
  answers = ["0123456789"];
  await shown("", false);
  expect(root.textContent).toContain(`${window.location.host}/answers`);
  await shown("5678", true);
  await answered();
  expect(root.textContent).toContain(`${window.location.host}/answers`);
});

test("with a phone number the code is there at once, in groups", async () => {
  answers = ["0123456789"];
  await shown("5678", true);
  await answered();
  expect(root.textContent).toContain("012 345 6789");
  expect(root.textContent).toContain("5678");
  expect(asked).toEqual([
    { headers: expect.objectContaining({ authorization: `Bearer t${token}` }), body: { offline: "r1" } },
  ]);
});

test("drawn again, it is the same code and not a new one", async () => {
  answers = ["0123456789", "9999999999"];
  await shown("5678", true);
  await answered();
  render(null, root);
  await shown("5678", true);
  expect(root.textContent).toContain("012 345 6789");
  expect(asked.length).toBe(1);
});

test("without a phone number the visitor chooses four digits first", async () => {
  answers = ["0123456789"];
  await shown("", false);
  await submits();
  expect(asked).toEqual([]);
  const box = root.querySelector("input") as HTMLInputElement;
  await act(async () => {
    box.value = "2468";
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await submits();
  expect(asked.map(({ body }) => body)).toEqual([{ offline: "r1", proof: "2468" }]);
  expect(root.textContent).toContain("012 345 6789");
  expect(root.textContent).not.toContain("2468");
});

test("when the server refuses, the visitor can ask again", async () => {
  answers = [503, "0123456789"];
  await shown("5678", true);
  await answered();
  expect(root.textContent).toContain("暂时无法获取");
  await submits();
  expect(root.textContent).toContain("012 345 6789");
});

test("the button keeps the focus, which the browser gives to the copied text", async () => {
  document.body.append(root);
  answers = ["0123456789"];
  await shown("5678", true);
  await answered();
  const button = root.querySelector("button");
  button?.focus();
  document.execCommand = () => {
    document.querySelector<HTMLElement>("body > textarea")?.focus();
    return true;
  };
  await act(async () => button?.click());
  expect(button?.textContent).toBe("已复制");
  expect(document.activeElement).toBe(button);
  root.remove();
});
