// Where the visitors of conversations, 留言 and call-backs come from, as the server has answered. An answer is kept as long
// as this tab, because what it says happened before.

import type { VisitShown } from "../../../../widget/src/shared/frames";
import { get } from "../../shared/api";
import type { Refusal } from "../../shared/refusalText";

/** More conversations than anybody opens in an hour. */
const MOST = 100;

export type Visited = "conversations" | "offline-messages" | "callbacks";

const known = new Map<string, VisitShown>();

/** What is known at once; null: it must be fetched. */
export function visitAtHand(kind: Visited, id: string): VisitShown | null {
  return known.get(pathOf(kind, id)) ?? null;
}

/** Fetches it. Resolves with the refusal, or with null if there was no answer. */
export async function fetchVisit(kind: Visited, id: string): Promise<VisitShown | Refusal | null> {
  const path = pathOf(kind, id);
  const answer = await get<VisitShown>(path);
  if (answer.kind === "done") {
    known.set(path, answer.body);
    for (const oldest of known.keys()) if (known.size > MOST) known.delete(oldest);
    return answer.body;
  }
  return answer.kind === "refused" ? answer.refusal : null;
}

function pathOf(kind: Visited, id: string): string {
  return `/v1/staff/${kind}/${encodeURIComponent(id)}/visit`;
}

/** Forgets all of them, for tests. */
export function forgetVisits(): void {
  known.clear();
}
