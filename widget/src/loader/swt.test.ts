// @vitest-environment happy-dom
import { expect, test } from "vitest";
import "./swt";

const page = window as unknown as Record<string, (...values: unknown[]) => unknown> & { hchat?: unknown };

test("a button written for 商务通 opens the chat, before and after the loader has run", () => {
  delete page.hchat;
  expect(page.openZoosUrl?.("chatwin", "&e=sidebar")).toBeUndefined();
  expect(page.hchat).toEqual([["open"]]);
  const pushed: unknown[] = [];
  page.hchat = { push: (command: unknown) => pushed.push(command) };
  page.openZoosUrl?.();
  page.LR_HideInvite?.();
  expect(pushed).toEqual([["open"]]);
});
