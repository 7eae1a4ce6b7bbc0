import { expect, test } from "vitest";
import type { Entry, Standing } from "../shared/frames";
import type { Pending } from "./chat/state";
import { START, type State } from "./chat/state";
import { Until } from "./openUntil";

const LIFE = 30 * 60_000;
/** By how much the server's clock differs from this machine's. */
const WRONG = 7_000_000;
const T = 1_000_000;

const OPEN = { state: "active", conversation: "c1" } as Standing;
const WAITING = { state: "waiting", conversation: "c1" } as Standing;
const CLOSED = { state: "closed", conversation: "c1" } as Standing;
const ANSWER = { seq: 9, kind: "message", author: { kind: "consultant" } } as Entry;
const PENDING = [{ ref: "r1" }] as Pending[];
const live = (changes: Partial<State> = {}): State => ({
  ...START,
  live: true,
  endsAt: T + LIFE + WRONG,
  ...changes,
});

/** What is told, in minutes from T, after each of these states one minute apart; null: nothing. */
function told(...states: (State | [State, string])[]): (number | null)[] {
  const until = new Until();
  return states.map((each, minute) => {
    const [state, draft] = Array.isArray(each) ? each : [each, ""];
    const now = T + minute * 60_000;
    const end = until.next({ state, draft, serverNow: now + WRONG, now });
    return end === null || end === 0 ? end : (end - T) / 60_000;
  });
}

test.each<[string, State[], (number | null)[]]>([
  ["before the server has answered nothing is known", [START, { ...START, standing: OPEN }], [null, null]],
  ["without a conversation there is nothing to return to, which is told once", [live(), live()], [0, null]],
  ["an open conversation lasts as long as the token", [live({ standing: OPEN })], [30]],
  [
    "the consultant's words do not prolong it",
    [live({ standing: OPEN }), live({ standing: OPEN })],
    [30, null],
  ],
  [
    "the visitor's words do",
    [live({ standing: OPEN }), live({ standing: OPEN, pending: PENDING }), live({ standing: OPEN })],
    [30, 31, 32],
  ],
  ["waiting does", [live({ standing: WAITING }), live({ standing: WAITING })], [30, 31]],
  [
    "the visitor's end is told at once",
    [live({ standing: OPEN }), live({ standing: CLOSED, over: true })],
    [30, 0],
  ],
  ["an end by staff that was read", [live({ standing: OPEN }), live({ standing: CLOSED })], [30, 0]],
  [
    "an end by staff with words that were not read",
    [
      live({ standing: CLOSED, entries: [ANSWER], seen: 3 }),
      live({ standing: CLOSED, entries: [ANSWER], seen: 9 }),
    ],
    [30, 0],
  ],
  ["unsent words before the first answer", [live({ pending: PENDING, live: true })], [30]],
  [
    "a new token begins a new life",
    [live({ standing: OPEN }), live({ standing: OPEN, endsAt: T + 10 * LIFE + WRONG })],
    [30, 300],
  ],
])("%s", (_, states, expected) => {
  expect(told(...states)).toEqual(expected);
});

test("typing prolongs it", () => {
  expect(told(live({ standing: OPEN }), [live({ standing: OPEN }), "我"])).toEqual([30, 31]);
});
