// Colleagues in the order for choosing one: those with room first, and for all others the reason.

import type { Colleague, Named, SkillShown } from "../../../../widget/src/shared/frames";
import { named, t } from "../../shared/texts";

/** What a colleague is chosen for: to take a conversation over, to be assigned one, or to help with one. */
export type Purpose = "transfer" | "assign" | "ask";

const REASONS = ["offline", "break", "paused", "busy", "full", "same", "away"];

/**
 * Assigning and asking are impossible only for colleagues who are away or own the conversation already; whether a full
 * one gets more is the supervisor's decision.
 */
const HOPELESS = ["offline", "away", "same"];

/** The availability as shown: offline without a connection. */
export function stateOf({ present, availability }: Colleague): string {
  return present ? availability : "offline";
}

/** Why somebody cannot be chosen for this, as one of `REASONS` or the server's own word; null when they can. */
export function whyNot(colleague: Colleague, purpose: Purpose, owner: string | null): string | null {
  if (colleague.id === owner) return "same";
  const why = colleague.why_not || (stateOf(colleague) === "offline" ? "offline" : null);
  return purpose === "transfer" || HOPELESS.includes(why ?? "") ? why : null;
}

/** The sentence for such a reason. */
export function whyNotSentence(why: string): string {
  return t(`console.why_not.${REASONS.includes(why) ? why : "other"}`);
}

/** The colleagues to choose from: those who can be chosen first, and the least loaded of them on top. */
export function inOrder(
  colleagues: Iterable<Colleague>,
  me: string | null,
  purpose: Purpose,
  owner: string | null,
): Colleague[] {
  const off = (each: Colleague) => Number(whyNot(each, purpose, owner) !== null);
  const elsewhere = (each: Colleague) => Number(stateOf(each) !== "online");
  const full = (each: Colleague) => Number(Boolean(each.why_not));
  return [...colleagues]
    .filter((each) => each.role !== "administrator" && (purpose === "assign" || each.id !== me))
    .sort(
      (a, b) =>
        off(a) - off(b) ||
        elsewhere(a) - elsewhere(b) ||
        full(a) - full(b) ||
        ratio(a) - ratio(b) ||
        a.load - b.load,
    );
}

function ratio({ load, capacity }: Colleague): number {
  return capacity > 0 ? load / capacity : Number.MAX_VALUE;
}

/** How many more conversations somebody may be given; more would be refused. */
export function room({ load, capacity }: Colleague): number {
  return Math.max(0, capacity - load);
}

/** The names of skills, with their levels. */
export function skillsText(held: readonly SkillShown[], skills: readonly Named[]): string {
  return held.map(({ id, level }) => t("console.skill", { skill: named(skills, id), level })).join(" · ");
}

/** The names of languages. */
export function languagesText(languages: readonly string[]): string {
  return languages
    .map((each) => (each === "zh" || each === "en" ? t(`console.language.${each}`) : each))
    .join("/");
}
