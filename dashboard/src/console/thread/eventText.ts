// Events of the transcript as sentences. Every event has one; a field that is missing leaves its sentence readable.

import type { Entry, Event, GroupShown, Named, Person } from "../../../../widget/src/shared/frames";
import { named, personName, t } from "../../shared/texts";
import { clockText } from "../list/clocks";

export interface Names {
  groups: readonly GroupShown[];
  departments: readonly Named[];
}

/** What kind of words made it an emergency. */
export function emergencyWords(kind: string): string {
  return t(`emergency.${EMERGENCIES.includes(kind) ? kind : "other"}`);
}

/** What to think of first; the consultant never diagnoses. */
export function emergencyAdvice(kind: string): string {
  return t(`console.emergency.${EMERGENCIES.includes(kind) ? kind : "other"}`);
}

const EMERGENCIES = ["body", "mind", "protect"];

export function eventSentence(entry: Entry, names: Names): string {
  const event = entry.event;
  if (!event) return "";
  // Every sentence takes the event of its own name; a newer server may know names that are missing here.
  const said = SENTENCES[event.name] as Sentence<Event> | undefined;
  return said === undefined ? event.name : said(event, names, entry);
}

/** The event of one name. */
type Of<Name extends Event["name"]> = Extract<Event, { name: Name }>;
type Sentence<Kind> = (event: Kind, names: Names, entry: Entry) => string;

const who = (person: Person | null | undefined) =>
  person ? personName(person) : t("console.event.somebody");

/** Who did it: named by the event, or else its author. */
const by = (event: { by?: Person | string | null }, entry: Entry) =>
  who(typeof event.by === "object" ? event.by : entry.author.person);

const WAYS = ["automatic", "ring", "claim", "hand"];
const MISSES = ["expired", "declined", "lost"];
/** Ends that say by themselves who ended it. */
const BY_ITSELF = ["idle", "abandoned", "message_left", "closed_hours", "waited_too_long"];
const ENDS = ["withdrawn", "expired", "lost"];
const RETURNS = ["connection_lost", "no_first_reply", "emergency", "released"];

/** The text for `value` when it is one we know, else the one for `other`. */
function oneOf(key: string, known: readonly string[], value: string | null | undefined, params = {}): string {
  return t(`${key}.${value && known.includes(value) ? value : "other"}`, params);
}

const SENTENCES: { [Name in Event["name"]]: Sentence<Of<Name>> } = {
  opened: (event, { departments }) =>
    t("console.event.opened", { department: named(departments, event.department ?? "") }),
  assigned: (event, _names, entry) =>
    oneOf("console.event.assigned", WAYS, event.how, { name: who(event.consultant), by: by(event, entry) }),
  rung: (event) => t("console.event.rung", { name: who(event.consultant) }),
  ring_missed: (event) =>
    oneOf("console.event.ring_missed", MISSES, event.reason, { name: who(event.consultant) }),
  transfer_offered: (event, { groups }, entry) =>
    t("console.event.transfer_offered", {
      by: by(event, entry),
      to: event.consultant ? who(event.consultant) : named(groups, event.group ?? ""),
      note: event.note ?? "",
    }),
  transfer_declined: (event) =>
    t("console.event.transfer_declined", { name: who(event.consultant), reason: event.reason ?? "" }),
  transfer_ended: (event) => oneOf("console.event.transfer_ended", ENDS, event.reason),
  transferred: (event) =>
    t("console.event.transferred", {
      name: who(event.consultant),
      previous: who(typeof event.previous === "object" ? event.previous : null),
    }),
  returned_to_queue: (event) =>
    oneOf("console.event.returned_to_queue", RETURNS, event.reason, {
      name: who(event.consultant),
      note: event.note ? t("console.event.said", { note: event.note }) : "",
    }),
  moved_forward: (event, _names, entry) => t("console.event.moved_forward", { by: by(event, entry) }),
  overflowed: (event, { groups }) =>
    t("console.event.overflowed", {
      previous: named(groups, event.previous_group ?? ""),
      group: named(groups, event.group ?? ""),
    }),
  group_changed: (event, { groups }) =>
    t("console.event.group_changed", {
      previous: named(groups, event.previous_group ?? ""),
      group: named(groups, event.group ?? ""),
    }),
  department_set: (event, { departments }, entry) =>
    t("console.event.department_set", {
      by: by(event, entry),
      department: named(departments, event.department ?? ""),
      previous: typeof event.previous === "string" ? named(departments, event.previous) : "",
    }),
  emergency_noticed: (event) =>
    t("console.event.emergency_noticed", { words: emergencyWords(event.emergency ?? "") }),
  emergency_dismissed: (event, _names, entry) =>
    t("console.event.emergency_dismissed", { by: by(event, entry) }),
  alarm_acknowledged: (event, _names, entry) =>
    t("console.event.alarm_acknowledged", { by: by(event, entry) }),
  nobody_answered: (event) =>
    t("console.event.nobody_answered", {
      names: (event.consultants ?? []).map((each) => personName(each)).join(t("why.comma")),
    }),
  colleague_asked: (event, _names, entry) =>
    t(`console.event.colleague_asked.${event.asked_for ?? "help"}`, {
      by: by(event, entry),
      name: who(event.consultant),
      note: event.note ?? "",
    }),
  colleague_joined: (event) => t("console.event.colleague_joined", { name: who(event.consultant) }),
  colleague_left: (event, _names, entry) => left(event, entry),
  reply_overdue: (event) => t("console.event.reply_overdue", { wait: clockText(event.waited_ms ?? 0) }),
  went_inactive: () => t("console.event.went_inactive"),
  idle_warned: () => t("console.event.idle_warned"),
  closed: (event, _names, entry) => closed(event, entry),
  reopened: (event, _names, entry) =>
    event.by ? t("console.event.reopened.by", { by: by(event, entry) }) : t("console.event.reopened"),
  outcome_set: (event, _names, entry) => outcomeSet(event, entry),
  rated: (event) => rated(event),
};

function left(event: Of<"colleague_left">, entry: Entry): string {
  const name = who(event.consultant);
  const sentBy = typeof event.by === "object" ? event.by : entry.author.person;
  if (!sentBy) return t("console.event.colleague_left.lost", { name });
  if (sentBy.id === event.consultant?.id) return t("console.event.colleague_left", { name });
  return t("console.event.colleague_left.let_go", { name, by: who(sentBy) });
}

function closed(event: Of<"closed">, entry: Entry): string {
  const side = typeof event.by === "string" ? event.by : entry.author.kind;
  if (BY_ITSELF.includes(event.reason ?? "")) return t(`console.event.closed.${event.reason}`);
  if (side === "visitor")
    return t(event.reason === "left" ? "console.event.closed.left" : "console.event.closed.visitor");
  const name = by(event, entry);
  const outcome = event.outcome ? t(`console.outcome.${event.outcome}`) : "—";
  return t("console.event.closed.consultant", { name, outcome });
}

function outcomeSet(event: Of<"outcome_set">, entry: Entry): string {
  const outcome = event.outcome ? t(`console.outcome.${event.outcome}`) : "—";
  if (typeof event.previous !== "string")
    return t("console.event.outcome_set", { by: by(event, entry), outcome });
  const previous = t(`console.outcome.${event.previous}`);
  return t("console.event.outcome_set.corrected", { by: by(event, entry), outcome, previous });
}

function rated(event: Of<"rated">): string {
  const words = [...(event.tags ?? []), event.comment ?? ""].filter((word) => word !== "").join(" · ");
  const stars = t("console.event.rated", { n: event.stars ?? 0 });
  return words === "" ? stars : `${stars} · ${words}`;
}
