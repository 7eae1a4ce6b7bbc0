// Where the visitors of conversations, 留言 and call-backs come from, as the server has answered. An answer is kept as long
// as this tab and the lock of the conversation: a lock takes pages and keywords out of it. Where the console is not told of
// the lock, nothing is kept.

import type { VisitShown } from "../../../../widget/src/shared/frames";
import { get } from "../../shared/api";
import type { Refusal } from "../../shared/refusalText";

/** More conversations than anybody opens in an hour. */
const MOST = 100;

export type Visited = "conversations" | "offline-messages" | "callbacks";

const known = new Map<string, VisitShown>();

/** What is known at once; null: it must be fetched. `lock`: null if the console is not told of it. */
export function visitAtHand(kind: Visited, id: string, lock: string | null): VisitShown | null {
  return lock === null ? null : (known.get(keyOf(pathOf(kind, id), lock)) ?? null);
}

/** Fetches it. Resolves with the refusal, or with null if there was no answer. */
export async function fetchVisit(
  kind: Visited,
  id: string,
  lock: string | null,
): Promise<VisitShown | Refusal | null> {
  const path = pathOf(kind, id);
  const answer = await get<VisitShown>(path);
  if (answer.kind === "done") {
    if (lock !== null) known.set(keyOf(path, lock), answer.body);
    for (const oldest of known.keys()) if (known.size > MOST) known.delete(oldest);
    return answer.body;
  }
  return answer.kind === "refused" ? answer.refusal : null;
}

function keyOf(path: string, lock: string): string {
  return `${path} ${lock}`;
}

function pathOf(kind: Visited, id: string): string {
  return `/v1/staff/${kind}/${encodeURIComponent(id)}/visit`;
}

/** Forgets all of them, for tests. */
export function forgetVisits(): void {
  known.clear();
}
