// The visitor's connection: how a chat introduces itself, and how its link stands.

import { VERSION, type VisitorFrame, type VisitorServerFrame } from "../../shared/frames";
import { Link, type LinkState } from "../../shared/link/link";
import type { World } from "../../shared/link/world";
import type { Boot } from "../boot";

/** Hearing nothing for so long, the link reconnects; the server pings every 25 s. */
const SILENCE_MS = 40_000;

export type VisitorLink = Link<VisitorFrame, VisitorServerFrame>;

/** `starting`: there is no session yet, so no link either. */
export interface Connection {
  state: LinkState | "starting";
  stoppedWith: number | null;
  /** ms by this machine: when it was last live, or began. */
  since: number;
}

/** `who`: the token, and whether nothing but a rating is wanted; asked at each connect. */
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
      return { type: "hello", version: VERSION, token, client, resume, instance, ...(rating && { rating }) };
    },
    silenceMs: SILENCE_MS,
    store,
    storeKey: `hchat-unaccepted-${site}`,
    world,
  });
}
