// What happened, in one small centred sentence.

import type { Event, Named } from "../link/frames";
import { clock } from "../link/zone";
import { type Texts, useTexts } from "./texts";

export function EventLine({ event, groups }: { event: Event; groups: Named[] }) {
  const text = sentence(event, groups, useTexts());
  return text === "" ? null : <EventText text={text} />;
}

/** Broken between clauses if anywhere: Chinese has no spaces to break at, English has none of these marks. */
function EventText({ text }: { text: string }) {
  const clauses = text.replace(/[。,?](?=\S)/g, "$&\n").split("\n");
  return (
    <li class="line-event">
      {clauses.map((clause) => (
        <span key={clause}>{clause}</span>
      ))}
    </li>
  );
}

/** Empty for what a visitor need not be told. */
export function sentence(event: Event, groups: Named[], { t, named }: Texts): string {
  const person = event.consultant;
  switch (event.name) {
    case "assigned":
      return person ? t(`event.assigned.${person.title}`, { name: person.name, number: person.number }) : "";
    case "transferred": {
      const group = named(groups.find(({ id }) => id === event.group));
      if (!person) return "";
      return t("event.transferred", { group, title: t(`title.${person.title}`), name: person.name });
    }
    case "returned_to_queue":
      return t(event.reason === "no_first_reply" ? "event.no_first_reply" : "event.connection_lost");
    case "idle_warned":
      return event.ends_at ? t("event.idle_warned", { time: clock(event.ends_at) }) : "";
    case "closed":
      return t(`event.closed.${event.by === "visitor" || event.by === "consultant" ? event.by : "system"}`);
    case "reopened":
      return t("event.reopened");
    default:
      return "";
  }
}
