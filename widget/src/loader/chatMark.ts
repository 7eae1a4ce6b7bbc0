// The mark of a running chat, which only the panel's script needs. It lies where all tabs of the site see it.

import type { kept as Kept } from "./marks";

/**
 * Until when the site's chat has a conversation to return to, for all tabs: as long as the visitor's token lives, in ms by
 * this machine's clock; 0: there is none.
 */
export function chatMark(kept: typeof Kept, site: string, until?: string): number {
  return +kept("localStorage", `hchat-open-until ${site}`, until);
}
