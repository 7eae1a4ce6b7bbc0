// What happened, in one small centred sentence.

import type { CallbackRequestedEvent, Event, Named, Person } from "../../shared/frames";
import { clock, dayText } from "../../shared/zone";
import { Clauses } from "../Clauses";
import { type Texts, useTexts } from "../texts";

interface EventLineProps {
  event: Event;
  /** The owner of the conversation at that time. */
  owner: Person | null;
  groups: Named[];
  departments: Named[];
}

/** The line of one event. */
export function EventLine({ event, owner, groups, departments }: EventLineProps) {
  const text = sentence(event, owner, groups, useTexts(), departments);
  if (text === "") return null;
  return (
    <li class="line-event">
      <Clauses text={text} />
    </li>
  );
}

/** Reasons that have a sentence of their own. Visitors are not told of other reasons. */
const RETURNED = new Set(["connection_lost", "no_first_reply", "emergency", "released"]);
const CLOSED = new Set(["closed_hours", "message_left", "waited_too_long"]);

/** The sentence of an event; empty when visitors do not need it. */
export function sentence(
  event: Event,
  owner: Person | null,
  groups: Named[],
  texts: Texts,
  departments: Named[] = [],
): string {
  const { t, named } = texts;
  switch (event.name) {
    case "assigned": {
      const person = event.consultant;
      return person ? t(`event.assigned.${person.title}`, { name: person.name, number: person.number }) : "";
    }
    case "transferred": {
      const person = event.consultant;
      const group = named(groups.find(({ id }) => id === event.group));
      if (!person) return "";
      return t("event.transferred", { group, title: t(`title.${person.title}`), name: person.name });
    }
    case "department_chosen":
      return t("ending.department", {
        department: named(departments.find(({ id }) => id === event.department)),
      });
    case "returned_to_queue":
      return t(`event.returned.${RETURNED.has(event.reason ?? "") ? event.reason : "released"}`);
    case "colleague_joined":
      return event.consultant ? joined(event.consultant, owner, texts) : "";
    case "colleague_left":
      return event.consultant ? t("event.left", { who: nameOf(event.consultant, texts) }) : "";
    case "idle_warned":
      return event.ends_at ? t("event.idle_warned", { time: clock(event.ends_at) }) : "";
    case "callback_requested":
      return callback(event, texts);
    case "consent_changed":
      return event.decision === "withdrawn" && (event.consent === "health" || event.consent === "notice")
        ? t("event.consent_withdrawn")
        : "";
    case "closed":
      if (CLOSED.has(event.reason ?? "")) return t(`event.closed.${event.reason}`);
      return t(`event.closed.${event.by === "visitor" || event.by === "consultant" ? event.by : "system"}`);
    case "reopened":
      return event.by ? t("event.reopened.staff", { who: nameOf(event.by, texts) }) : t("event.reopened");
    default:
      return "";
  }
}

/** When the call was promised, as a date: the line may be read on another day. */
function callback(event: CallbackRequestedEvent, { t, language }: Texts): string {
  const { phone, from_at: from, due_at: due } = event;
  if (!from || !due) return t("event.callback.later", { phone });
  return t("event.callback", {
    phone,
    time: `${dayText(from, language, "long")} ${clock(from)}–${clock(due)}`,
  });
}

/** Names both people, so that visitors know who reads what they write. */
function joined(person: Person, owner: Person | null, texts: Texts): string {
  const { t } = texts;
  const who = nameOf(person, texts);
  const number = t("person.number", { number: person.number });
  if (owner === null) return t("event.joinedAlone", { who, number });
  return t("event.joined", { who, number, owner: nameOf(owner, texts) });
}

function nameOf({ title, name }: Person, { t }: Texts): string {
  return t("person.named", { title: t(`title.${title}`), name });
}
