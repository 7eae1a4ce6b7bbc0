// A conversation of the model hospital, its entries and its standing. Only tests import this.

import type { Entry, Event, Standing } from "../../shared/frames";

const MINUTE = 60_000;
export const RATING_MS = 24 * 60 * MINUTE;
export const REOPEN_MS = 30 * MINUTE;
export const EPOCH = "e1";

/** A mark in every text that a person writes; it names the author. */
export const OWNER = /〔(\w+)〕/;

export interface Talk {
  id: string;
  visitor: string;
  /** The person who began it. */
  person: string;
  state: Standing["state"];
  department: string;
  consultant: string;
  entries: Entry[];
  closedBy: "visitor" | "consultant" | "system" | null;
  closedAt: number;
}

/** The person whose mark is in the text. */
export function personOf(body: string): string {
  return OWNER.exec(body)?.[1] ?? "nobody";
}

/** The content of an entry. */
export interface Told {
  body?: string;
  ref?: string;
  event?: Partial<Event>;
  person?: { name: string; number: string; title: "consultant" };
}

/** Makes an entry of the conversation without adding it. */
export function entryOf(talk: Talk, id: string, at: number, { body, ref, event, person }: Told): Entry {
  const mine = body !== undefined && person === undefined;
  return {
    type: "entry",
    conversation: talk.id,
    epoch: EPOCH,
    seq: talk.entries.length + 1,
    id,
    kind: event ? "event" : "message",
    at,
    author: mine ? { kind: "visitor" } : { kind: "consultant", ...(person && { person }) },
    ...(body !== undefined && { body }),
    ...(ref !== undefined && { ref }),
    ...(event && { event: event as Event }),
  };
}

/** The standing that the visitor is sent. */
export function standingOf(talk: Talk): Standing {
  const person = { name: talk.consultant, number: "012", title: "consultant", part: 1 } as const;
  const served = talk.entries.some(({ event }) => event?.name === "assigned");
  const until = talk.closedAt + RATING_MS;
  return {
    type: "conversation",
    conversation: talk.id,
    state: talk.state,
    department: talk.department,
    ...(served && talk.state !== "waiting" && { served_by: person }),
    ...(talk.state === "waiting" && { ahead: 1 }),
    ...(talk.state === "closed" && { closed_by: talk.closedBy, close_reason: "ended" }),
    ...(talk.state === "closed" && served && { rating_until: until, rateable: [{ part: 1, person, until }] }),
    ...(talk.state === "closed" &&
      talk.closedBy !== "visitor" && { reopen_until: talk.closedAt + REOPEN_MS }),
  };
}
