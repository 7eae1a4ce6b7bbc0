// Facts about the open conversation: where it came from, who owns it, how it was queued.

import { X } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { language, named, personName, t, visitorName } from "../../shared/texts";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import { maySetDepartment, setDepartment } from "../desk/conversationActions";
import { clockText, timeText } from "../list/clocks";
import { presenceWord } from "../list/ListRow";
import { IdentityFacts } from "../visitor/Identity";
import { VisitorFacts } from "../visitor/VisitorFacts";
import { ConsentBadge } from "./Consent";
import { Fact, Facts } from "./Facts";

/** Where it covers the thread. */
const COVERS = "(max-width: 1280px)";
/** The button that opens and closes it. */
const TOGGLE = ".panel-toggle";

/** The panel beside the open conversation, or above it where there is no room. */
export function SidePanel() {
  const desk = useDesk();
  const close = useRef<HTMLButtonElement>(null);
  const id = desk.selected.value;
  const row = id === null ? null : desk.row(id);
  const shown = row !== null && desk.panelOpen.value;
  useEffect(() => {
    if (!shown || !window.matchMedia(COVERS).matches) return;
    if (document.activeElement?.matches(TOGGLE)) close.current?.focus();
    const listen = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing || desk.dialog.value !== null) return;
      if (document.querySelector("[role=menu]") === null) putAway();
    };
    // Before a dialog or a menu takes the key: afterwards it would be gone already.
    window.addEventListener("keydown", listen, true);
    return () => window.removeEventListener("keydown", listen, true);
  }, [shown]);
  const putAway = () => {
    desk.panelOpen.value = false;
    document.querySelector<HTMLElement>(TOGGLE)?.focus();
  };
  if (row === null || !shown) return null;
  return (
    <section class="panel" aria-label={t("console.panel")}>
      <header class="panel-head">
        <h2>{visitorName(row)}</h2>
        <button
          type="button"
          class="button is-icon"
          aria-label={t("console.panel.close")}
          ref={close}
          onClick={putAway}
        >
          <Icon of={X} />
        </button>
      </header>
      <IdentityFacts row={row} />
      <VisitorFacts key={row.id} row={row} />
      <Asked row={row} />
      {!desk.isGone(row.id) && (
        <>
          <Held row={row} />
          <Queued row={row} />
        </>
      )}
    </section>
  );
}

function Asked({ row }: { row: Row }) {
  const desk = useDesk();
  const welcome = desk.state.value.welcome;
  const here = presenceWord(row);
  const until = row.closed_at ?? (desk.isGone(row.id) ? null : desk.now.value);
  return (
    <Facts title={t("console.facts.asked")}>
      <Fact name={t("console.fact.department")}>
        <Department row={row} />
      </Fact>
      <Fact name={t("console.fact.site")}>{named(welcome?.sites ?? [], row.site)}</Fact>
      <Fact name={t("console.fact.language")}>
        {t(`console.language.${row.language === "en" ? "en" : "zh"}`)}
      </Fact>
      <Fact name={t("console.fact.opened")}>{timeText(row.opened_at, desk.today.value, language.value)}</Fact>
      {until !== null && (
        <Fact name={t(row.state === "closed" ? "console.fact.lasted" : "console.fact.lasts")}>
          <span class="figures">{clockText(until - row.opened_at)}</span>
        </Fact>
      )}
      <Fact name={t("console.consent")}>
        <ConsentBadge row={row} />
        {row.locked && <p>{t(`console.locked.${row.locked}`)}</p>}
      </Fact>
      {here !== null && <Fact name={t("console.fact.visitor")}>{here}</Fact>}
    </Facts>
  );
}

/** The department, which those who answer and the group's supervisors can correct. */
function Department({ row }: { row: Row }) {
  const desk = useDesk();
  const { welcome } = desk.state.value;
  const me = desk.me.value;
  const departments = welcome?.departments ?? [];
  const offered = welcome?.offered?.[row.site] ?? [];
  if (me === null || !maySetDepartment(row, me) || offered.length === 0)
    return <>{named(departments, row.department)}</>;
  const all = offered.includes(row.department) ? offered : [row.department, ...offered];
  return (
    <select
      class="fact-select"
      aria-label={t("console.department.set")}
      value={row.department}
      disabled={desk.connection.value !== "live"}
      onChange={(event) => {
        const department = event.currentTarget.value;
        if (department !== row.department) void doneOrTold(desk, setDepartment(desk, row, department));
      }}
    >
      {all.map((id) => (
        <option key={id} value={id}>
          {named(departments, id)}
        </option>
      ))}
    </select>
  );
}

function Held({ row }: { row: Row }) {
  const desk = useDesk();
  const welcome = desk.state.value.welcome;
  return (
    <Facts title={t("console.facts.held")}>
      <Fact name={t("console.fact.state")}>{t(`console.state.${row.state}`)}</Fact>
      <Fact name={t("console.fact.owner")}>{row.owner ? personName(row.owner) : t("console.nobody")}</Fact>
      <Fact name={t("console.fact.group")}>{named(welcome?.groups ?? [], row.group)}</Fact>
      <Fact name={t("console.fact.hops")}>{t("console.times", { n: row.hops ?? 0 })}</Fact>
    </Facts>
  );
}

/** How it was assigned, taken from the transcript. */
function Queued({ row }: { row: Row }) {
  const desk = useDesk();
  const entries = desk.state.value.threads.get(row.id)?.entries ?? [];
  const given = entries.find((entry) => entry.event?.name === "assigned");
  const how = given?.event?.name === "assigned" ? given.event.how : null;
  const place = desk.places.value.get(row.id);
  const returns = entries.filter((entry) => entry.event?.name === "returned_to_queue").length;
  const until = row.state === "waiting" ? desk.now.value : given?.at;
  return (
    <Facts title={t("console.facts.queue")}>
      <Fact name={t("console.fact.queued")}>{timeText(row.queued_at, desk.today.value, language.value)}</Fact>
      {until !== undefined && (
        <Fact name={t("console.fact.waited")}>
          <span class="figures">
            {clockText(until - (row.state === "waiting" ? row.queued_at : row.opened_at))}
          </span>
        </Fact>
      )}
      {place !== undefined && (
        <Fact name={t("console.fact.place")}>{t("console.row.place", { n: place })}</Fact>
      )}
      {how && <Fact name={t("console.fact.how")}>{way(how)}</Fact>}
      {returns > 0 && <Fact name={t("console.fact.returns")}>{t("console.times", { n: returns })}</Fact>}
    </Facts>
  );
}

function way(how: string): string {
  return ["automatic", "ring", "claim", "hand"].includes(how) ? t(`console.way.${how}`) : how;
}
