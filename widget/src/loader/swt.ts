// For pages whose buttons were written for 商务通 (SWT): its functions open this chat. Put before those buttons are used;
// the order with the chat's own tag does not matter.

import type { Command } from "./parts";

type Page = { hchat?: { push(command: Command): unknown } } & Record<string, unknown>;

const page = window as unknown as Page;

/**
 * Opens the chat. What SWT took besides (a mode, and `&e=…` that names the button) is ignored. Returns nothing: in a link
 * `javascript:openZoosUrl()` a value would replace the page.
 */
page.openZoosUrl = () => {
  page.hchat = page.hchat ?? ([] as Command[]);
  page.hchat.push(["open"]);
};

/** Closes SWT's invitation; this chat has none. */
page.LR_HideInvite = () => {};
