// Colleagues as one chooses among them: who is free first, and of everybody else why not.

import type { Colleague, Named, SkillShown } from "../../../../widget/src/shared/frames";
import { named, t } from "../../shared/texts";

/** What one wants of a colleague: to take a conversation over, to be given one by hand, or to help with one. */
export type Purpose = "transfer" | "assign" | "ask";

const REASONS = ["offline", "break", "paused", "busy", "full", "same", "away"];

/** By hand and for help only who is not there is out of the question; being full is for the supervisor to weigh. */
const HOPELESS = ["offline", "away", "same"];

export function stateOf({ present, availability }: Colleague): string {
  return present ? availability : "offline";
}

/** Why somebody cannot be chosen for this, as one of `REASONS` or the server's own word; null when they can. */
export function whyNot(colleague: Colleague, purpose: Purpose, owner: string | null): string | null {
  if (colleague.id === owner) return "same";
  const why = colleague.why_not || (stateOf(colleague) === "offline" ? "offline" : null);
  return purpose === "transfer" || HOPELESS.includes(why ?? "") ? why : null;
}

export function whyNotSentence(why: string): string {
  return t(`console.why_not.${REASONS.includes(why) ? why : "other"}`);
}

/** Those one may choose among, whoever can be chosen first, the least loaded on top. */
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

/** How many somebody may still be handed; what goes beyond would be refused. */
export function room({ load, capacity }: Colleague): number {
  return Math.max(0, capacity - load);
}

export function skillsText(held: readonly SkillShown[], skills: readonly Named[]): string {
  return held.map(({ id, level }) => t("console.skill", { skill: named(skills, id), level })).join(" · ");
}

export function languagesText(languages: readonly string[]): string {
  return languages
    .map((each) => (each === "zh" || each === "en" ? t(`console.language.${each}`) : each))
    .join("/");
}
