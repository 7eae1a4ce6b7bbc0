// Refusals as sentences: what happened, and what to do next.

import { t } from "./texts";

/** A refusal as it came from the server: its code, and what the sentence needs. */
export interface Refusal {
  readonly code: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** All codes with which the server may refuse staff; any other code gets the sentence of `internal`. */
export const REFUSALS = [
  "bad_frame",
  "unknown_type",
  "unsupported_version",
  "text_invalid",
  "too_large",
  "unauthenticated",
  "not_found",
  "forbidden",
  "conversation_closed",
  "asked_anew",
  "out_of_turn",
  "fence_stale",
  "offer_gone",
  "no_room",
  "not_serving",
  "hops_exhausted",
  "draft_changed",
  "idempotency_conflict",
  "rate_limited",
  "queue_full",
  "busy",
  "unavailable",
  "read_only",
  "internal",
] as const;

const GONE = ["taken", "declined", "expired", "withdrawn", "lost", "closed"];
const NOT_SERVING = ["offline", "break", "paused", "busy", "full", "same", "group_full", "group_away"];

/** The sentence for a refusal. */
export function refusalSentence({ code, details }: Refusal): string {
  const why = String(details.why ?? "");
  if (code === "some") return t("console.refused.some", details);
  if (code === "offer_gone") return offerGone(why, String(details.by ?? ""));
  if (code === "not_serving")
    return t(`console.refused.not_serving.${NOT_SERVING.includes(why) ? why : "other"}`);
  if (details.rule === "one_call_a_day") return t("console.callback.another_day");
  if (details.rule === "abuse_alert") return t("console.refused.abuse_alert");
  const known = REFUSALS.some((each) => each === code);
  return t(`console.refused.${known ? code : "internal"}`, details);
}

function offerGone(why: string, by: string): string {
  if (why === "taken" && by !== "") return t("console.refused.offer_gone.taken", { name: by });
  const said = GONE.includes(why) && why !== "taken" ? why : "over";
  return t(`console.refused.offer_gone.${said}`);
}
