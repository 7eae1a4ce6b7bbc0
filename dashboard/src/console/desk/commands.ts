// One command to the server: done, or the refusal. What each means is told where it is made.

import type { Accepted, StaffFrame } from "../../../../widget/src/shared/frames";
import type { Refusal } from "../composer/outbox";
import { refusalOf } from "../composer/sending";
import type { Desk } from "./desk";
import { refusalSentence } from "./refusalText";

export type Command = StaffFrame & { ref: string };

/** What the server made of it, or why not. */
export type Answer = { accepted: Accepted; refusal: null } | { accepted: null; refusal: Refusal };

export async function answered(desk: Desk, frame: Command): Promise<Answer> {
  try {
    return { accepted: await desk.link.request<Accepted>(frame), refusal: null };
  } catch (error) {
    return { accepted: null, refusal: refusalOf(error) };
  }
}

export async function done(desk: Desk, frame: Command): Promise<Refusal | null> {
  return (await answered(desk, frame)).refusal;
}

/** Done, or told why not where everything is told. */
export async function doneOrTold(desk: Desk, act: Promise<Refusal | null>): Promise<boolean> {
  const refusal = await act;
  if (refusal !== null) desk.notices.problem(refusal);
  return refusal === null;
}

/** The same of several, one after the other. One that is refused keeps none of the others from being done: how many there
 *  were is told, and why the first was. */
export async function doneForAll<T>(
  all: readonly T[],
  act: (each: T) => Promise<Refusal | null>,
): Promise<Refusal | null> {
  const refused: Refusal[] = [];
  for (const each of all) {
    const refusal = await act(each);
    if (refusal !== null) refused.push(refusal);
  }
  const [first] = refused;
  if (first === undefined || all.length === 1) return first ?? null;
  return { code: "some", details: { n: refused.length, all: all.length, why: refusalSentence(first) } };
}
