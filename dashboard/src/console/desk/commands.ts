// Sends one command to the server and resolves with the refusal, if there is one. What a command means is described
// where it is made.

import type { Accepted, StaffFrame } from "../../../../widget/src/shared/frames";
import { type Refusal, refusalSentence } from "../../shared/refusalText";
import { refusalOf } from "../composer/sending";
import type { Desk } from "./desk";

export type Command = StaffFrame & { ref: string };

/** What the server has done, or why it refused. */
export type Answer = { accepted: Accepted; refusal: null } | { accepted: null; refusal: Refusal };

/** Sends a command; resolves with the server's answer or its refusal. */
export async function answered(desk: Desk, frame: Command): Promise<Answer> {
  try {
    return { accepted: await desk.link.request<Accepted>(frame), refusal: null };
  } catch (error) {
    return { accepted: null, refusal: refusalOf(error) };
  }
}

/** Sends a command; resolves with the refusal, or null when it was carried out. */
export async function done(desk: Desk, frame: Command): Promise<Refusal | null> {
  return (await answered(desk, frame)).refusal;
}

/** Waits for an action and shows a notice when it was refused; resolves with whether it was carried out. */
export async function doneOrTold(desk: Desk, act: Promise<Refusal | null>): Promise<boolean> {
  const refusal = await act;
  if (refusal !== null) desk.notices.problem(refusal);
  return refusal === null;
}

/**
 * Does the same for several, one after the other. A refusal does not stop the others. The result tells how many were
 * refused, and why the first one was.
 */
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
