// Whether somebody serves, as the server last said. Pure: the server sends `hours` whenever something changes.

import type { DepartmentHours } from "../../shared/frames";
import type { State } from "./state";

/** `closing`: so near the end that a 留言 is offered first. */
export type Service = "open" | "closing" | "closed";

/** The department for visitors who chose none; every site has it. */
export const UNSURE = "unsure";

/** The hours of a department, or null when the server sent none. */
export function hoursOf(all: DepartmentHours[], department: string): DepartmentHours | null {
  return all.find((each) => each.department === department) ?? null;
}

/** Whether a department is served. Without hours it counts as open: the server refuses if it is not. */
export function serviceOf(all: DepartmentHours[], department: string): Service {
  const hours = hoursOf(all, department);
  if (hours === null || (hours.open && !hours.closing)) return "open";
  return hours.open ? "closing" : "closed";
}

/** Like `serviceOf`, but without a choice the answer is `closed` only when all departments are closed. */
export function serviceFor(all: DepartmentHours[], chosen: string): Service {
  return chosen === "" && allClosed(all) ? "closed" : serviceOf(all, chosen || UNSURE);
}

/** Whether every department is closed. */
export function allClosed(all: DepartmentHours[]): boolean {
  return all.length > 0 && all.every(({ open }) => !open);
}

/** The hours to show when no department is chosen: if all are closed, those of the one that opens first; else null. */
export function firstToOpen(all: DepartmentHours[]): DepartmentHours | null {
  if (!allClosed(all)) return null;
  const opens = ({ changes_at }: DepartmentHours) => changes_at ?? Number.POSITIVE_INFINITY;
  return all.reduce((first, each) => (opens(each) < opens(first) ? each : first));
}

/**
 * Whether the conversation ended before anybody answered. What was written then becomes a 留言. If it ended because of
 * the hours, this is true only while the department is closed: afterwards the visitor can ask again.
 */
export function isUnserved({ standing, hours }: State): boolean {
  if (standing?.close_reason === "waited_too_long") return true;
  return standing?.close_reason === "closed_hours" && serviceOf(hours, standing.department) === "closed";
}
