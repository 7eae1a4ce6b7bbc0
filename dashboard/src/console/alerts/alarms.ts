// Alarms: which of them sound at a moment, and how often. Pure except for the one command.

import type { Alarm } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../../shared/refusalText";
import { done } from "../desk/commands";
import type { Desk } from "../desk/desk";

/** The tone of an acknowledged emergency returns after this time, unless the visitor was answered. */
export const SILENT_MS = 60_000;

const EMERGENCY_AGAIN_MS = 5_000;
const OTHERS_AGAIN_MS = 15_000;

/** Whether the alarm is for an emergency that cannot wait. */
export function isCritical(alarm: Alarm): boolean {
  const { kind, emergency } = alarm;
  const isOne = kind === "emergency" || kind === "offline" || (kind === "callback" && Boolean(emergency));
  return isOne && alarm.level !== "attention";
}

/**
 * Whether the alarm sounds at `now` (ms by the server's clock). An acknowledged emergency is silent for a minute, any
 * other acknowledged alarm for good. Alarms of the level `attention` never sound.
 */
export function calls(alarm: Alarm, now: number): boolean {
  const acknowledged = alarm.acknowledged_at ?? null;
  if (isCritical(alarm)) return acknowledged === null || now - acknowledged >= SILENT_MS;
  return alarm.level !== "attention" && acknowledged === null;
}

/** Alarm → when its tone last sounded. */
export type Rung = ReadonlyMap<string, number>;

/** Which tone is due at `now`, if any; and the map `rung` after that tone has sounded. */
export function sounding(rung: Rung, alarms: readonly Alarm[], now: number) {
  const next = new Map<string, number>();
  let tone: "emergency" | "alarm" | null = null;
  for (const alarm of alarms.filter((each) => calls(each, now))) {
    const key = keyOf(alarm);
    const last = rung.get(key);
    const pause = isCritical(alarm) ? EMERGENCY_AGAIN_MS : OTHERS_AGAIN_MS;
    const due = last === undefined || now - last >= pause;
    next.set(key, due ? now : last);
    if (due) tone = isCritical(alarm) ? "emergency" : (tone ?? "alarm");
  }
  return { rung: next as Rung, tone };
}

/** Critical ones first; among equally critical ones those that sound before silent ones; then the oldest first. */
export function inOrder(alarms: readonly Alarm[], now: number): Alarm[] {
  const weight = (alarm: Alarm) => Number(isCritical(alarm)) * 2 + Number(calls(alarm, now));
  return [...alarms].sort((a, b) => weight(b) - weight(a) || a.since - b.since || a.id.localeCompare(b.id));
}

/** The key of an alarm. A conversation may have two alarms of different kinds at once. */
export function keyOf(alarm: Alarm): string {
  return `${alarm.kind}/${alarm.id}`;
}

/** Acknowledges an alarm; returns the refusal, or null. */
export function acknowledge(desk: Desk, alarm: Alarm): Promise<Refusal | null> {
  return done(desk, { type: "alarm.acknowledge", ref: newRef(), id: alarm.id });
}
