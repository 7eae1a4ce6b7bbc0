// 新会话提示: cards at the bottom right for offers to me and for what has just been assigned to me. They are announced
// politely and never take the focus, so that nobody is interrupted while writing.

import { ArrowRightLeft, Bell, X } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Entry, History, Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Icon } from "../../shared/Icon";
import { named, personName, t, visitorName } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { useDesk } from "../desk/context";
import { decline, takeOrTell } from "../desk/conversationActions";
import { fileWord } from "../files/fileWord";
import { clockText, waiting } from "../list/clocks";
import { isSaid, isVisitorMessage } from "../thread/thread";
import { Countdown } from "./Countdown";

/** How long a card stays that needs no answer. */
const ARRIVAL_MS = 8_000;

/** Entries to search for the last messages, because events and notes are between them. */
const LOOKED_THROUGH = 20;
const LAST_MESSAGES = 3;

/** The cards for offers and new conversations. */
export function OfferCards() {
  const desk = useDesk();
  const rows = [...desk.state.value.rows.items.values()];
  const offered = rows
    .filter((row) => row.offer?.mine)
    .sort((a, b) => (a.offer?.ends_at ?? 0) - (b.offer?.ends_at ?? 0));
  const arrived = desk.arrived.value.flatMap((id) => desk.row(id) ?? []);
  return (
    <section class="cards" aria-live="polite" aria-label={t("console.cards")}>
      {arrived.map((row) => (
        <ArrivalCard key={`arrived-${row.id}`} row={row} />
      ))}
      {offered.map((row) =>
        row.offer?.kind === "ring" ? (
          <RingCard key={row.offer.id} row={row} />
        ) : (
          <TransferCard key={row.offer?.id} row={row} />
        ),
      )}
    </section>
  );
}

function ArrivalCard({ row }: { row: Row }) {
  const desk = useDesk();
  useEffect(() => {
    const timer = window.setTimeout(() => desk.dismissArrival(row.id), ARRIVAL_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <article class="card">
      <CardHead icon={Bell} title={t("console.card.arrived")}>
        <button
          type="button"
          class="button is-icon is-small"
          aria-label={t("console.card.close")}
          onClick={() => desk.dismissArrival(row.id)}
        >
          <Icon of={X} small />
        </button>
      </CardHead>
      <Asked row={row} />
      <p class="card-acts">
        <button type="button" class="button is-primary" onClick={() => desk.select(row.id)}>
          {t("console.card.open")}
        </button>
      </p>
    </article>
  );
}

function RingCard({ row }: { row: Row }) {
  const desk = useDesk();
  const live = desk.connection.value === "live";
  return (
    <article class="card is-ringing">
      <CardHead icon={Bell} title={t("console.card.ring")}>
        {row.offer && <Countdown offer={row.offer} />}
      </CardHead>
      <Asked row={row} />
      <p class="card-acts">
        <button
          type="button"
          class="button is-primary"
          disabled={!live}
          onClick={() => void takeOrTell(desk, row)}
        >
          {t("console.claim")} <kbd>Alt+Enter</kbd>
        </button>
        <Decline row={row} text={t("console.card.later")} reason="" />
      </p>
    </article>
  );
}

function TransferCard({ row }: { row: Row }) {
  const desk = useDesk();
  const [refusing, setRefusing] = useState(false);
  const live = desk.connection.value === "live";
  const offer = row.offer;
  if (!offer) return null;
  return (
    <article class="card is-ringing">
      <CardHead
        icon={ArrowRightLeft}
        title={t("console.card.transfer", { name: offer.by ? personName(offer.by) : "" })}
      >
        <Countdown offer={offer} />
      </CardHead>
      <p class="card-note">
        <UserText text={offer.note ?? ""} />
      </p>
      <Asked row={row} short />
      <LastMessages row={row} />
      {refusing ? (
        <Reason row={row} back={() => setRefusing(false)} />
      ) : (
        <p class="card-acts">
          <button
            type="button"
            class="button is-primary"
            disabled={!live}
            onClick={() => void takeOrTell(desk, row)}
          >
            {t("console.card.accept")}
          </button>
          <button type="button" class="button" disabled={!live} onClick={() => setRefusing(true)}>
            {t("console.card.decline")}
          </button>
        </p>
      )}
    </article>
  );
}

function CardHead(props: { icon: typeof Bell; title: string; children: ComponentChildren }) {
  return (
    <header class="card-head">
      <Icon of={props.icon} small />
      <h2>{props.title}</h2>
      {props.children}
    </header>
  );
}

function Asked({ row, short = false }: { row: Row; short?: boolean }) {
  const desk = useDesk();
  const welcome = desk.state.value.welcome;
  const wait = welcome === null ? null : waiting(row, welcome.clocks, desk.now.value);
  return (
    <>
      <p class="card-who">
        {visitorName(row)} · {named(welcome?.departments ?? [], row.department)}
        {row.language === "en" && <span class="badge">EN</span>}
        {wait !== null && (
          <span class="figures" aria-live="off">
            {t("console.card.waits", { wait: clockText(wait.ms) })}
          </span>
        )}
      </p>
      {!short && row.last_line !== "" && (
        <p class="card-words">
          <UserText text={row.last_line} />
        </p>
      )}
    </>
  );
}

function LastMessages({ row }: { row: Row }) {
  const desk = useDesk();
  const [messages, setMessages] = useState<readonly Entry[]>([]);
  useEffect(() => {
    const asked = { conversation: row.id, before: row.head + 1, limit: LOOKED_THROUGH };
    desk.link.request<History>({ type: "history.get", ref: newRef(), ...asked }).then(
      (page) => setMessages(page.entries.filter(isSaid).slice(-LAST_MESSAGES)),
      // Without them the card still says who and why; after accepting the whole transcript is sent.
      () => undefined,
    );
  }, [row.id]);
  return (
    <ol class="card-last" onCopy={() => desk.noteCopy(row.id)}>
      {messages.map((entry) => (
        <li key={entry.seq}>
          <b>{isVisitorMessage(entry) ? visitorName(row) : (entry.author.person?.name ?? "")}</b>{" "}
          <UserText text={fileWord(entry.body ?? "")} />
        </li>
      ))}
    </ol>
  );
}

function Reason({ row, back }: { row: Row; back: () => void }) {
  const [reason, setReason] = useState("");
  return (
    <div class="card-reason">
      <label>
        {t("console.card.reason")}
        <input value={reason} maxLength={200} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <p class="card-acts">
        <Decline row={row} text={t("console.card.decline")} reason={asSent(reason)} needsReason />
        <button type="button" class="button" onClick={back}>
          {t("console.cancel")}
        </button>
      </p>
    </div>
  );
}

function Decline(props: { row: Row; text: string; reason: string; needsReason?: boolean }) {
  const desk = useDesk();
  const live = desk.connection.value === "live";
  return (
    <button
      type="button"
      class="button"
      disabled={!live || (props.needsReason === true && props.reason === "")}
      onClick={async () => {
        const refusal = await decline(desk, props.row, props.reason);
        if (refusal !== null) desk.notices.problem(refusal);
      }}
    >
      {props.text}
    </button>
  );
}
