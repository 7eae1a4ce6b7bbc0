// Whether somebody serves, as the server last told it. Pure: it pushes `hours` whenever something of them changes.

import type { DepartmentHours } from "../../shared/frames";
import type { State } from "./state";

/** `closing`: so near the end that a 留言 is offered first. */
export type Service = "open" | "closing" | "closed";

/** The department of those who chose none: every site has it. */
export const UNSURE = "unsure";

export function hoursOf(all: DepartmentHours[], department: string): DepartmentHours | null {
  return all.find((each) => each.department === department) ?? null;
}

/** A department of which nothing was told is open: the server refuses if it is not. */
export function serviceOf(all: DepartmentHours[], department: string): Service {
  const hours = hoursOf(all, department);
  if (hours === null || (hours.open && !hours.closing)) return "open";
  return hours.open ? "closing" : "closed";
}

/** Where no department may have been chosen: closed once all are. */
export function serviceFor(all: DepartmentHours[], chosen: string): Service {
  return chosen === "" && allClosed(all) ? "closed" : serviceOf(all, chosen || UNSURE);
}

export function allClosed(all: DepartmentHours[]): boolean {
  return all.length > 0 && all.every(({ open }) => !open);
}

/** What is told of the hours when no department is chosen: of the one that opens first, once all are closed. */
export function firstToOpen(all: DepartmentHours[]): DepartmentHours | null {
  if (!allClosed(all)) return null;
  const opens = ({ changes_at }: DepartmentHours) => changes_at ?? Number.POSITIVE_INFINITY;
  return all.reduce((first, each) => (opens(each) < opens(first) ? each : first));
}

/**
 * The conversation ended without anybody having come: then what was written becomes a 留言. Where that was because of the
 * hours, only while it is still closed: afterwards the visitor can ask again.
 */
export function isUnserved({ standing, hours }: State): boolean {
  if (standing?.close_reason === "waited_too_long") return true;
  return standing?.close_reason === "closed_hours" && serviceOf(hours, standing.department) === "closed";
}
