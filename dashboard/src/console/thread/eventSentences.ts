// Which sentence an event gets, and what its placeholders stand for: from the table that the transcript pages read too
// (chatserver/web/event_sentences.py). Knows no words; those are in the catalogue.

import type { Entry, Event, Person } from "../../../../widget/src/shared/frames";
import table from "../../../texts/eventSentences.json";

/** How a field is written. `actor` is the person who did it: named by the event, or else its author. */
export type Kind =
  | "person"
  | "actor"
  | "people"
  | "department"
  | "group"
  | "emergency"
  | "outcome"
  | "clock"
  | "length"
  | "number"
  | "tags";

/** A field has this value; it is there (true) or missing (false); it is the same person as another field. */
type Condition = string | boolean | { same_as: string };

interface Sentence {
  text: string;
  when?: Record<string, Condition>;
}

/** The first sentence that fits counts, and the last one always fits. */
interface EventRule {
  sentences: Sentence[];
  /** The field with words that somebody wrote. */
  quote?: string;
  /** Fields that are written differently here. */
  fields?: Record<string, string>;
}

type Details = Record<string, unknown>;

// Every event of the protocol has a rule: the type says so.
const RULES: Record<Event["name"], EventRule> = table.events;
const FIELDS: Record<string, string> = table.fields;

export interface Chosen {
  /** The key of the sentence. */
  text: string;
  /** How each of the event's fields is written. */
  kinds: Record<string, Kind>;
  /** What somebody wrote with it, or "". */
  quote: string;
}

/** Null for an event of a newer server. */
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
