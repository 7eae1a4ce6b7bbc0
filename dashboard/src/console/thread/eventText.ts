// Events of the transcript as sentences. The transcript pages write the same sentences (chatserver/web/event_text.py);
// the tests of both read one list of examples. When a field is missing, the sentence remains readable.

import type { Entry, GroupShown, Named, Person, QuickAnswer } from "../../../../widget/src/shared/frames";
import { has, language, named, personName, t } from "../../shared/texts";
import { clockOf, lengthText, timeText } from "../list/clocks";
import { chosen, type Kind } from "./eventSentences";

export interface Names {
  groups: readonly GroupShown[];
  departments: readonly Named[];
}

/** The words for a kind of emergency. `milder`: it is of level attention, and nobody was called. */
export function emergencyWords(kind: string, milder = false): string {
  const words = EMERGENCIES.includes(kind) ? kind : "other";
  return t(milder && LEVELLED.includes(kind) ? `emergency.${words}.attention` : `emergency.${words}`);
}

/** What to consider first; the consultant never diagnoses. */
export function emergencyAdvice(kind: string): string {
  return t(`console.emergency.${EMERGENCIES.includes(kind) ? kind : "other"}`);
}

const EMERGENCIES = ["body", "mind", "protect"];

/** The kinds with words of their own for level attention. */
const LEVELLED = ["body", "mind"];

/** What happened, and what somebody wrote with it. */
export function eventSentence(entry: Entry, names: Names): string {
  if (!entry.event) return "";
  const found = chosen(entry);
  // A newer server may send events that are missing here.
  if (found === null) return entry.event.name;
  const details: Record<string, unknown> = { ...entry.event };
  const fields = Object.entries(found.kinds).map(([field, kind]) => [
    field,
    written(kind, details[field], names, entry),
  ]);
  const sentence = t(found.text, Object.fromEntries(fields));
  return found.quote === "" ? sentence : t("event.quoted", { sentence, quote: found.quote });
}

/** A field of an event, as its sentence shows it. */
function written(kind: Kind, value: unknown, names: Names, entry: Entry): string {
  switch (kind) {
    case "person":
      return somebody(value as Person | null | undefined);
    case "actor":
      return somebody(typeof value === "object" ? (value as Person | null) : entry.author.person);
    case "people":
      return listed(((value ?? []) as Person[]).map((each) => personName(each)));
    case "department":
      return named(names.departments, text(value));
    case "group":
      return named(names.groups, text(value));
    case "emergency":
      return emergencyWords(text(value));
    case "outcome":
      return t(`outcome.${text(value) || "none"}`);
    case "clock":
      return typeof value === "number" ? clockOf(value) : "";
    case "moment":
      return typeof value === "number" ? timeText(value, 0, language.value) : "";
    case "length":
      return typeof value === "number" ? lengthText(value) : "";
    case "tags":
      return listed(((value ?? []) as string[]).map(tagText));
    case "answered":
      return listed(((value ?? []) as QuickAnswer[]).map(answeredText));
    case "number":
      return text(value);
  }
}

function somebody(person: Person | null | undefined): string {
  return person ? personName(person) : t("event.somebody");
}

/** A visitor's tag in words; a tag of another widget stays as it is. */
function tagText(tag: string): string {
  return has(`tag.${tag}`) ? t(`tag.${tag}`) : tag;
}

function answeredText({ question, answer }: QuickAnswer): string {
  return t("event.answered", { question, answer });
}

function listed(words: string[]): string {
  return words.join(t("list.comma"));
}

function text(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
