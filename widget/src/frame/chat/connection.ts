// The visitor's connection: the frame with which it introduces itself, and its state.

import { VERSION, type VisitorFrame, type VisitorServerFrame } from "../../shared/frames";
import { Link, type LinkState } from "../../shared/link/link";
import type { World } from "../../shared/link/world";
import type { Boot } from "../boot";

/** When nothing was received for this long, the link reconnects; the server pings every 25 s. */
const SILENCE_MS = 40_000;

export type VisitorLink = Link<VisitorFrame, VisitorServerFrame>;

/** `starting`: there is no session yet, and therefore no link. */
export interface Connection {
  state: LinkState | "starting";
  stoppedWith: number | null;
  /** When it was last live, or when it started, in ms by this machine's clock. */
  since: number;
}

/**
 * Makes the visitor's link. `who` returns the token and whether only a rating is wanted; it is called at each connect.
 */
export function visitorLink(
  { site, version }: Boot,
  store: Storage,
  world: World,
  who: () => { token: string; rating: boolean },
): VisitorLink {
  return new Link<VisitorFrame, VisitorServerFrame>({
    url: `${window.location.origin.replace(/^http/, "ws")}/ws/visitor`,
    hello: (resume, instance) => {
      const { token, rating } = who();
      const client = { name: "widget", version };
      return {
        type: "hello",
        version: VERSION,
        token,
        client,
        resume,
        instance,
        notice: true,
        ...(rating && { rating }),
      };
    },
    silenceMs: SILENCE_MS,
    store,
    storeKey: `hchat-unaccepted-${site}`,
    world,
  });
}
