// Where the visitors of conversations come from, as the server has answered. An answer is kept as long as this tab, because
// what it says happened before the conversation.

import type { VisitShown } from "../../../../widget/src/shared/frames";
import { get } from "../../shared/api";
import type { Refusal } from "../../shared/refusalText";

/** More conversations than anybody opens in an hour. */
const MOST = 100;

const known = new Map<string, VisitShown>();

/** What is known at once; null: it must be fetched. */
export function visitAtHand(conversation: string): VisitShown | null {
  return known.get(conversation) ?? null;
}

/** Fetches it. Resolves with the refusal, or with null if there was no answer. */
export async function fetchVisit(conversation: string): Promise<VisitShown | Refusal | null> {
  const answer = await get<VisitShown>(`/v1/staff/conversations/${encodeURIComponent(conversation)}/visit`);
  if (answer.kind === "done") {
    known.set(conversation, answer.body);
    for (const oldest of known.keys()) if (known.size > MOST) known.delete(oldest);
    return answer.body;
  }
  return answer.kind === "refused" ? answer.refusal : null;
}

/** Forgets all of them, for tests. */
export function forgetVisits(): void {
  known.clear();
}
