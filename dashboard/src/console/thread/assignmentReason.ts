// 为什么: the numbers behind an assignment as one sentence. The transcript page writes the same sentence
// (chatserver/web/assignment_reason.py); the tests of both read one list of examples.

import type { Event, Named, Why } from "../../../../widget/src/shared/frames";
import { named, t } from "../../shared/texts";
import { lengthText } from "../list/clocks";

/**
 * The sentence for an `assigned` or `rung` event; null when the event has no numbers. Old transcripts contain the
 * sentence itself.
 */
export function assignmentReason(event: Event, skills: readonly Named[]): string | null {
  if (event.name !== "assigned" && event.name !== "rung") return null;
  const { why } = event;
  if (!why) return null;
  if (typeof why === "string") return why;
  const how = event.name === "assigned" ? (event.how ?? null) : null;
  const facts = [chosen(how, why), ...circumstances(how, why, skills)];
  const after = [
    why.preferred && !byLoad(how) ? t("why.served_before") : null,
    why.again ? t("why.again") : null,
  ].filter((part) => part !== null);
  return [facts.join(t("why.comma")), ...after].join(t("why.semicolon"));
}

/** Whether the system chose by load, with or without a ring; otherwise somebody claimed or assigned it. */
function byLoad(how: string | null): boolean {
  return how !== "claim" && how !== "hand";
}

function chosen(how: string | null, why: Why): string {
  const load = `${why.load}/${why.capacity}`;
  if (why.emergency) return t("why.emergency", { load });
  if (!byLoad(how)) return t(how === "claim" ? "why.claim" : "why.hand", { load });
  const key = why.preferred ? "why.preferred" : lowest(why) ? "why.by_load" : "why.by_load.of";
  const among = why.among ?? 0;
  if (among <= 1) return t(why.preferred ? "why.preferred.only" : "why.by_load.only", { load });
  return t(key, { load, among });
}

/**
 * Whether the consultant with the lowest load was chosen. With a required skill, or after refusals, less loaded ones
 * may have been passed over.
 */
function lowest({ skill, lacking, again }: Why): boolean {
  return !skill && !lacking && !again;
}

function circumstances(how: string | null, why: Why, skills: readonly Named[]): string[] {
  const said: string[] = [];
  if ((!byLoad(how) || why.emergency) && why.load >= why.capacity) said.push(t("why.above"));
  if (why.availability === "paused") said.push(t("why.availability.paused"));
  if (why.availability === "busy") said.push(t("why.availability.busy"));
  if (why.skill) said.push(skill(why, named(skills, why.skill)));
  else if (why.lacking) said.push(t("why.lacking.language"));
  said.push(t("why.waited", { time: lengthText(why.waited_ms ?? 0) }));
  if (why.idle_ms !== undefined && why.idle_ms !== null) said.push(idle(why.idle_ms));
  return said;
}

function skill({ level, lacking }: Why, name: string): string {
  if (lacking) return t("why.lacking", { skill: name });
  return level ? t("why.skill.level", { skill: name, level }) : t("why.skill", { skill: name });
}

function idle(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? t("why.idle.moment") : t("why.idle", { n: minutes });
}
