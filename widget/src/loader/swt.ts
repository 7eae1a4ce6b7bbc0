// For pages whose buttons were written for 商务通 (SWT): its functions open this chat. Put before those buttons are used;
// the order with the chat's own tag does not matter.

import type { Command } from "./parts";

type Page = { hchat?: { push(command: Command): unknown } } & Record<string, unknown>;

const page = window as unknown as Page;

/**
 * Opens the chat. Of what SWT took besides, a mode and `&e=…`, the latter names the button and is kept with the visit.
 * Returns nothing: in a link `javascript:openZoosUrl()` a value would replace the page.
 */
page.openZoosUrl = (_mode?: unknown, more?: unknown) => {
  const by = named(more);
  page.hchat = page.hchat ?? ([] as Command[]);
  page.hchat.push(by ? ["open", by] : ["open"]);
};

/** Closes SWT's invitation; this chat has none. */
page.LR_HideInvite = () => {};

/** What follows `e=`, as `encodeURIComponent` or the old `escape` wrote it, or as it is. */
function named(more: unknown): string {
  const found = typeof more === "string" ? /(?:^|[?&])e=([^&#]*)/.exec(more) : null;
  if (!found) return "";
  const written = found[1] as string;
  try {
    return decodeURIComponent(
      written.replace(/%u([\da-f]{4})/gi, (_, code) => String.fromCharCode(Number(`0x${code}`))),
    );
  } catch {
    return written;
  }
}
