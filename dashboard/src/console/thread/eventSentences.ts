// Which sentence an event gets, and what its placeholders stand for, from the table that the transcript pages read too
// (chatserver/web/event_sentences.py). It contains no texts; those are in the catalogue.

import type { Entry, Event, Person } from "../../../../widget/src/shared/frames";
import table from "../../../texts/eventSentences.json";

/** How a field is shown. `actor` is the person who did it: the one whom the event names, or else its author. */
export type Kind =
  | "person"
  | "actor"
  | "people"
  | "department"
  | "group"
  | "emergency"
  | "outcome"
  | "clock"
  | "moment"
  | "length"
  | "number"
  | "tags"
  | "answered";

/** The field has this value; it exists (true) or not (false); it is the same person as another field. */
type Condition = string | boolean | { same_as: string };

interface Sentence {
  text: string;
  when?: Record<string, Condition>;
}

/** The first sentence whose conditions hold is used; the last one has none. */
interface EventRule {
  sentences: Sentence[];
  /** The field with text that somebody wrote. */
  quote?: string;
  /** Fields that are shown differently for this event. */
  fields?: Record<string, string>;
}

type Details = Record<string, unknown>;

// Every event of the protocol has a rule; the type checks it.
const RULES: Record<Event["name"], EventRule> = table.events;
const FIELDS: Record<string, string> = table.fields;

export interface Chosen {
  /** The key of the sentence. */
  text: string;
  /** How each of the event's fields is shown. */
  kinds: Record<string, Kind>;
  /** The text that somebody wrote with it, or "". */
  quote: string;
}

/** The sentence for an entry's event; null for an event of a newer server. */
export function chosen({ event }: Entry): Chosen | null {
  if (!event) return null;
  const rule = RULES[event.name] as EventRule | undefined;
  if (rule === undefined) return null;
  const details: Details = { ...event };
  const sentence = rule.sentences.find(({ when }) => fits(when ?? {}, details));
  const kinds = { ...FIELDS, ...rule.fields } as Record<string, Kind>;
  const quote = rule.quote === undefined ? "" : String(details[rule.quote] ?? "");
  return sentence === undefined ? null : { text: sentence.text, kinds, quote };
}

function fits(when: Record<string, Condition>, details: Details): boolean {
  return Object.entries(when).every(([field, condition]) => holds(condition, details, details[field]));
}

function holds(condition: Condition, details: Details, value: unknown): boolean {
  if (typeof condition === "string") return value === condition;
  if (typeof condition === "boolean") return condition === isThere(value);
  return idOf(value) === idOf(details[condition.same_as]);
}

function isThere(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)
  );
}

function idOf(value: unknown): unknown {
  return (value as Person | null | undefined)?.id;
}
