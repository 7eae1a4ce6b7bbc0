// The order of the list, which is the order of work: emergencies first, then visitors who wait for my answer. While the
// pointer moves or somebody writes, `held` keeps the places for some seconds (holding.ts).

import type { Me, Row } from "../../../../widget/src/shared/frames";
import { isMine, partOf } from "../desk/state";

export type SectionName =
  | "offered"
  | "awaits_me"
  | "helping"
  | "awaits_visitor"
  | "inactive"
  | "queue"
  | "others"
  | "closed"
  | "late";

export interface Section {
  readonly name: SectionName;
  readonly ids: readonly string[];
}

/** From the top down. `late`, below them, has the rows that came while the places were held. */
const NAMES: readonly SectionName[] = [
  "offered",
  "awaits_me",
  "helping",
  "awaits_visitor",
  "inactive",
  "queue",
  "others",
  "closed",
];

const BY_LONGEST_WAIT = (a: Row, b: Row) => (a.unanswered_since ?? 0) - (b.unanswered_since ?? 0);
const BY_LATEST_WORD = (a: Row, b: Row) => b.last_at - a.last_at;

const LAST = Number.MAX_SAFE_INTEGER;

/**
 * The server's own order: by rank, then by id, compared code unit by code unit. A row without a rank has just arrived.
 */
const AS_GIVEN = (a: Row, b: Row) =>
  (a.rank_at ?? LAST) - (b.rank_at ?? LAST) || Number(a.id > b.id) - Number(a.id < b.id);

/**
 * In every section emergencies are first, then rows that deserve attention. `crowded` rows (many emergencies came from
 * their address) have no priority.
 */
const EMERGENCIES_FIRST = (a: Row, b: Row) => weight(b) - weight(a);

function weight(row: Row): number {
  if (row.crowded) return 0;
  if (isEmergency(row)) return 2;
  return row.emergency && row.state !== "closed" ? 1 : 0;
}

const COMPARE: Record<SectionName, (a: Row, b: Row) => number> = {
  offered: (a, b) => (a.offer?.ends_at ?? 0) - (b.offer?.ends_at ?? 0),
  awaits_me: BY_LONGEST_WAIT,
  awaits_visitor: BY_LATEST_WORD,
  inactive: BY_LATEST_WORD,
  helping: BY_LATEST_WORD,
  queue: AS_GIVEN,
  others: (a, b) =>
    Number(unanswered(b)) - Number(unanswered(a)) || BY_LONGEST_WAIT(a, b) || BY_LATEST_WORD(a, b),
  closed: (a, b) => (b.closed_at ?? 0) - (a.closed_at ?? 0),
  late: () => 0,
};

/** The list in its true order; empty sections are left out. */
export function sections(rows: Iterable<Row>, me: Me): Section[] {
  const found = new Map<SectionName, Row[]>(NAMES.map((name) => [name, []]));
  for (const row of rows) found.get(sectionOf(row, me))?.push(row);
  return NAMES.map((name) => ({
    name,
    ids: (found.get(name) ?? [])
      .sort((a, b) => EMERGENCIES_FIRST(a, b) || COMPARE[name](a, b) || a.id.localeCompare(b.id))
      .map((row) => row.id),
  })).filter((section) => section.ids.length > 0);
}

/** 第 n 位: the place of each waiting conversation in its group's queue, 1 for the next. */
export function places(rows: Iterable<Row>): ReadonlyMap<string, number> {
  const waiting = [...rows].filter((row) => row.state === "waiting").sort(AS_GIVEN);
  const counted = new Map<string, number>();
  const found = new Map<string, number>();
  for (const { id, group } of waiting) {
    const place = (counted.get(group) ?? 0) + 1;
    counted.set(group, place);
    found.set(id, place);
  }
  return found;
}

/** The section that a row belongs to. */
export function sectionOf(row: Row, me: Me): SectionName {
  if (row.state === "closed") return "closed";
  if (row.offer?.mine) return "offered";
  if (row.state === "waiting") return "queue";
  if (!isMine(row, me)) return partOf(row, me) === null ? "others" : "helping";
  if (unanswered(row)) return "awaits_me";
  // Whoever fell silent after an emergency is not out of sight.
  return row.inactive && !isEmergency(row) ? "inactive" : "awaits_visitor";
}

/** Whether it is a critical emergency in a conversation that is still open. */
export function isEmergency(row: Row): boolean {
  return Boolean(row.emergency) && row.level !== "attention" && row.state !== "closed";
}

/**
 * The list while rows may not move: every row where it was, new ones at the very end. Rows that are gone keep their
 * place, too (the view greys them). Three kinds move to their place at once: offers to me, because they last only
 * seconds; ended conversations, because nobody must work on them; and `emergencies`.
 */
export function held(
  shown: readonly Section[],
  wanted: readonly Section[],
  emergencies: ReadonlySet<string> = new Set(),
): Section[] {
  const stood = new Map(shown.flatMap(({ name, ids }) => ids.map((id) => [id, name] as const)));
  const goesAtOnce = (id: string, name: SectionName) =>
    emergencies.has(id) || ((name === "offered" || name === "closed") && stood.get(id) !== name);
  const moving = wanted.map(({ name, ids }) => ({ name, ids: ids.filter((id) => goesAtOnce(id, name)) }));
  const moved = new Set(moving.flatMap(({ ids }) => ids));
  const staying = (name: SectionName) => idsIn(shown, name).filter((id) => !moved.has(id));
  const late = wanted.flatMap(({ ids }) => ids).filter((id) => !stood.has(id) && !moved.has(id));
  const all = NAMES.map((name) => {
    const [first, then] = [idsIn(moving, name), staying(name)];
    // An offered row stays where it is while its countdown runs. The next one is placed below it.
    return { name, ids: name === "offered" ? [...then, ...first] : [...first, ...then] };
  });
  return [...all, { name: "late" as const, ids: [...staying("late"), ...late] }].filter(
    ({ ids }) => ids.length > 0,
  );
}

/** The rows whose height in the list changed, counting headings. */
export function movedRows(before: readonly Section[], after: readonly Section[]): ReadonlySet<string> {
  const stood = heights(before);
  return new Set([...heights(after)].filter(([id, height]) => stood.get(id) !== height).map(([id]) => id));
}

function heights(sections: readonly Section[]): Map<string, string> {
  const found = new Map<string, string>();
  let rows = 0;
  sections.forEach(({ ids }, headings) => {
    for (const id of ids) found.set(id, `${headings}/${rows++}`);
  });
  return found;
}

/** Whether two lists show the same rows at the same places. */
export function sameSections(one: readonly Section[], other: readonly Section[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ name, ids }, at) => {
      const there = other[at];
      return (
        there?.name === name && there.ids.length === ids.length && ids.every((id, n) => id === there.ids[n])
      );
    })
  );
}

function idsIn(sections: readonly Section[], name: SectionName): readonly string[] {
  return sections.find((section) => section.name === name)?.ids ?? [];
}

/**
 * My unanswered conversation with the longest wait, other than `selected`; `selected` if it is the only one; null if
 * there is none.
 */
export function nextUnanswered(wanted: readonly Section[], selected: string | null): string | null {
  const ids = idsIn(wanted, "awaits_me");
  return ids.find((id) => id !== selected) ?? ids[0] ?? null;
}

/** The row `step` places further in the shown list; stops at the ends. */
export function neighbour(shown: readonly Section[], selected: string | null, step: 1 | -1): string | null {
  const ids = shown.flatMap((section) => section.ids);
  if (selected === null || !ids.includes(selected)) return ids[step === 1 ? 0 : ids.length - 1] ?? null;
  return ids[ids.indexOf(selected) + step] ?? null;
}

function unanswered(row: Row): boolean {
  return row.unanswered_since !== undefined && row.unanswered_since !== null;
}
