// @vitest-environment happy-dom
import { expect, test } from "vitest";
import "./swt";

const page = window as unknown as Record<string, (...values: unknown[]) => unknown> & { hchat?: unknown };

test("a button written for 商务通 opens the chat, before and after the loader has run", () => {
  delete page.hchat;
  expect(page.openZoosUrl?.("chatwin", "&e=sidebar")).toBeUndefined();
  expect(page.hchat).toEqual([["open", "sidebar"]]);
  const pushed: unknown[] = [];
  page.hchat = { push: (command: unknown) => pushed.push(command) };
  page.openZoosUrl?.();
  page.LR_HideInvite?.();
  expect(pushed).toEqual([["open"]]);
});

test.each([
  ["&e=首页按钮", "首页按钮"],
  [`&e=${encodeURIComponent("首页 & 按钮")}&tit=x`, "首页 & 按钮"],
  ["&r=1&e=%u9996%u9875-1", "首页-1"],
  ["&e=100%", "100%"],
  ["&e=", ""],
  ["&name=x", ""],
  [{ e: "x" }, ""],
  [undefined, ""],
])("of %s the button's name is kept", (more, expected) => {
  page.hchat = [];
  page.openZoosUrl?.("chatwin", more);
  expect(page.hchat).toEqual([expected ? ["open", expected] : ["open"]]);
});
