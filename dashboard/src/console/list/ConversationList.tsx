// The list of conversations, worked from the top down. It keeps its places while the pointer is on it.

import { useEffect, useState } from "preact/hooks";
import { t } from "../../shared/texts";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import { crowded, dismissAll } from "../desk/supervisorActions";
import { ListRow } from "./ListRow";
import type { Section, SectionName } from "./order";

const TITLES: Record<SectionName, string> = {
  offered: "console.section.offered",
  awaits_me: "console.section.awaits_me",
  helping: "console.section.helping",
  awaits_visitor: "console.section.awaits_visitor",
  inactive: "console.section.inactive",
  queue: "console.section.queue",
  others: "console.section.others",
  closed: "console.section.closed",
  late: "console.section.late",
};

/** The list of conversations in its sections. */
export function ConversationList() {
  const desk = useDesk();
  const shown = desk.shown.value.filter((section) => section.ids.length > 0);
  return (
    <nav class="list" aria-label={t("console.list")}>
      <Crowd />
      {shown.length === 0 ? <NothingListed /> : <Places sections={shown} />}
    </nav>
  );
}

/** The element is as high as its rows, so that a pointer below them does not keep the rows in their places. */
function Places({ sections }: { sections: readonly Section[] }) {
  const desk = useDesk();
  useEffect(
    () => () => {
      desk.pointerAt.value = null;
    },
    [],
  );
  return (
    <div
      // A finger does not rest on the list as a pointer does.
      onPointerMove={(event) => {
        if (event.pointerType === "mouse") desk.pointerAt.value = desk.now.value;
      }}
      onPointerLeave={() => {
        desk.pointerAt.value = null;
      }}
    >
      {sections.map((section) => (
        <ListSection key={section.name} section={section} />
      ))}
    </div>
  );
}

function ListSection({ section }: { section: Section }) {
  const title = `list-${section.name}`;
  const desk = useDesk();
  // The true number, also while rows keep their places, so that header and list never contradict each other.
  const held =
    section.name === "late" ? section : desk.wanted.value.find(({ name }) => name === section.name);
  const count = held?.ids.length ?? 0;
  return (
    <section class={`list-section is-${section.name}`} aria-labelledby={title}>
      <h2 id={title}>
        {t(TITLES[section.name])} <span class="figures">{count}</span>
      </h2>
      <ul>
        {section.ids.map((id) => (
          <ListRow key={id} id={id} />
        ))}
      </ul>
    </section>
  );
}

/**
 * One line for all emergencies of which many came from one address. A supervisor can mark all of them as false alarms.
 */
function Crowd() {
  const desk = useDesk();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const rows = crowded(desk);
  if (rows.length === 0) return null;
  const supervises = desk.me.value?.role === "supervisor";
  const dismiss = async () => {
    setBusy(true);
    await doneOrTold(desk, dismissAll(desk, rows));
    setBusy(false);
    setAsked(false);
  };
  return (
    <div class="list-crowd" role="status">
      <p>{t(supervises ? "console.crowded" : "console.crowded.colleague", { n: rows.length })}</p>
      {supervises && (
        <p class="list-crowd-acts">
          {asked && (
            <button type="button" class="button is-small" disabled={busy} onClick={() => setAsked(false)}>
              {t("console.cancel")}
            </button>
          )}
          <button
            type="button"
            class={`button is-small${asked ? " is-primary" : ""}`}
            disabled={busy || desk.connection.value !== "live"}
            onClick={() => (asked ? void dismiss() : setAsked(true))}
          >
            {t(asked ? "console.crowded.dismiss.sure" : "console.crowded.dismiss", { n: rows.length })}
          </button>
        </p>
      )}
    </div>
  );
}

function NothingListed() {
  const desk = useDesk();
  const online = desk.me.value?.availability === "online";
  return (
    <div class="empty">
      <p class="empty-title">{t("console.empty.title")}</p>
      <p>{t(online ? "console.empty.online" : "console.empty.not_online")}</p>
    </div>
  );
}
