// The open conversation: its head, its lines, and the composer or the reason why there is none.

import type { IconNode } from "lucide";
import {
  ArrowDown,
  ArrowLeft,
  ArrowRightLeft,
  CircleStop,
  Info,
  MessageSquareText,
  UserRoundPlus,
} from "lucide";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { named, t, visitorName } from "../../shared/texts";
import { CallbackPane } from "../callbacks/CallbackPane";
import { of } from "../composer/outbox";
import { useDesk } from "../desk/context";
import { rights } from "../desk/conversationActions";
import { typist } from "../desk/state";
import { Presence } from "../list/ListRow";
import { stripe } from "../list/stripes";
import { WaitClock } from "../list/WaitClock";
import { OfflinePane } from "../offline/OfflinePane";
import { IdentityBadge } from "../visitor/Identity";
import { ThreadLine, UnsentBubble } from "./Bubbles";
import { ConsentBadge } from "./Consent";
import { EmergencyStrip } from "./EmergencyStrip";
import { HelpStrips } from "./HelpStrip";
import { OfferStrip } from "./OfferStrip";
import { ThreadFooter } from "./ThreadFooter";
import { ThreadMenu } from "./ThreadMenu";
import { lines } from "./thread";

/** Closer to the end than this counts as at the end. */
const BOTTOM_PX = 40;

/** The pane of the open conversation. */
export function ThreadPane() {
  const desk = useDesk();
  const id = desk.selected.value;
  const row = id === null ? null : desk.row(id);
  if (row === null && desk.callbacksOpen.value) return <CallbackPane />;
  if (row === null) return desk.offlineOpen.value ? <OfflinePane /> : <NothingOpen />;
  return (
    <section class={`thread ${stripe(desk.numbers.value.get(row.id))}`} aria-label={visitorName(row)}>
      <ThreadHead row={row} />
      <EmergencyStrip row={row} />
      <OfferStrip row={row} />
      <HelpStrips row={row} />
      <Transcript key={row.id} row={row} />
      <ThreadFooter row={row} />
    </section>
  );
}

function NothingOpen() {
  return (
    <section class="thread is-empty" aria-label={t("console.thread.none")}>
      <div class="empty">
        <Icon of={MessageSquareText} />
        <h2 class="empty-title">{t("console.thread.none")}</h2>
        <p>{t("console.thread.choose")}</p>
      </div>
    </section>
  );
}

function ThreadHead({ row }: { row: Row }) {
  const desk = useDesk();
  return (
    <header class="thread-head">
      <button
        type="button"
        class="button is-icon only-narrow"
        aria-label={t("console.back")}
        onClick={() => desk.select(null)}
      >
        <Icon of={ArrowLeft} />
      </button>
      <Who row={row} />
      <WaitClock row={row} />
      <Acts row={row} />
      <ThreadMenu key={row.id} row={row} />
      <button
        type="button"
        class="button is-icon panel-toggle"
        aria-label={t("console.panel")}
        title={t("console.panel")}
        aria-expanded={desk.panelOpen.value}
        onClick={() => {
          desk.panelOpen.value = !desk.panelOpen.value;
        }}
      >
        <Icon of={Info} />
      </button>
    </header>
  );
}

function Who({ row }: { row: Row }) {
  const desk = useDesk();
  const departments = desk.state.value.welcome?.departments ?? [];
  const owner = row.owner && row.owner.id !== desk.me.value?.id ? row.owner : null;
  return (
    <div class="thread-who">
      <h2>
        <Presence row={row} />
        {visitorName(row)}
        <IdentityBadge row={row} />
      </h2>
      <p>
        {named(departments, row.department)}
        {row.language === "en" && <span class="badge">EN</span>}
        <ConsentBadge row={row} />
        {owner !== null && <span>{t("console.served_by", { name: owner.name })}</span>}
      </p>
    </div>
  );
}

function Acts({ row }: { row: Row }) {
  const desk = useDesk();
  const may = rights(desk, row);
  const ask = (kind: "transfer" | "close" | "assign") => () => {
    desk.dialog.value = { kind, conversation: row.id };
  };
  return (
    <>
      {may.transfer && <Act icon={ArrowRightLeft} text={t("console.transfer")} act={ask("transfer")} />}
      {may.assign && <Act icon={UserRoundPlus} text={t("console.assign")} act={ask("assign")} />}
      {may.end && <Act icon={CircleStop} text={t("console.end")} act={ask("close")} />}
    </>
  );
}

/** A button in the head. A phone hides its text, but not its accessible name. */
function Act({ icon, text, act }: { icon: IconNode; text: string; act: () => void }) {
  const live = useDesk().connection.value === "live";
  return (
    <button type="button" class="button" aria-label={text} title={text} disabled={!live} onClick={act}>
      <Icon of={icon} small />
      <span class="act-text">{text}</span>
    </button>
  );
}

function Transcript({ row }: { row: Row }) {
  const desk = useDesk();
  const thread = desk.state.value.threads.get(row.id);
  const gone = desk.isGone(row.id);
  // The conversation was assigned to somebody else, perhaps while this machine slept: what was read stays, and there is
  // nothing to request.
  if (!gone && !desk.isReadable(row.id)) return <NotYetMine row={row} />;
  if (desk.following.unreadable.value.has(row.id) && !gone) return <Unreadable row={row} />;
  if (!thread?.live) return gone ? <div class="lines-place" /> : <TranscriptLoading />;
  return <Lines row={row} />;
}

function Lines({ row }: { row: Row }) {
  const desk = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const [atBottom, setAtBottom] = useState(true);
  const entries = desk.state.value.threads.get(row.id)?.entries ?? [];
  const unsent = of(desk.outbox.value, row.id);
  const unread = desk.unreadOf(row.id).length;
  const writes = typist(desk.state.value, row.id, desk.now.value);
  useLayoutEffect(() => arrive(box.current), []);
  useEffect(() => keepAtBottom(box.current), []);
  useLayoutEffect(() => {
    if (atBottom) toBottom(box.current);
  }, [entries.length, unsent.length, writes !== null]);
  useEffect(() => {
    const look = () => {
      if (!document.hidden && isAtBottom(box.current)) desk.sawBottom(row.id);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [entries.length, atBottom]);
  return (
    <div class="lines-place">
      <div
        class="lines"
        ref={box}
        role="log"
        aria-label={t("console.transcript")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard
        tabIndex={0}
        onCopy={() => {
          if (touchesVisitor(box.current)) desk.noteCopy(row.id);
        }}
        onScroll={() => setAtBottom(isAtBottom(box.current))}
      >
        {lines(entries, desk.unreadFrom.value).map((line) => (
          <ThreadLine key={line.key} line={line} />
        ))}
        {unsent.map((message) => (
          <UnsentBubble key={message.ref} message={message} />
        ))}
        {writes !== null && (
          <p class="line-typing">
            {writes.by === null
              ? t("console.typing.visitor")
              : t("console.typing.colleague", { name: writes.by.name })}
          </p>
        )}
      </div>
      {!atBottom && (
        <button type="button" class="to-bottom button" onClick={() => toBottom(box.current)}>
          <Icon of={ArrowDown} small />
          {unread > 0 ? t("console.new_below", { n: unread }) : t("console.to_bottom")}
        </button>
      )}
    </div>
  );
}

/** When the composer grows or strips appear, a reader who was at the end stays at the end. */
function keepAtBottom(box: HTMLDivElement | null): () => void {
  if (box === null) return () => undefined;
  let height = box.clientHeight;
  const observer = new ResizeObserver(() => {
    const gap = box.scrollHeight - box.scrollTop - height;
    height = box.clientHeight;
    if (gap < BOTTOM_PX) toBottom(box);
  });
  observer.observe(box);
  return () => observer.disconnect();
}

/** Whether the selection contains any of the visitor's words. */
function touchesVisitor(box: HTMLDivElement | null): boolean {
  const selection = window.getSelection();
  const theirs = box?.querySelectorAll(".is-theirs .bubble") ?? [];
  return Array.from(theirs).some((bubble) => selection?.containsNode(bubble, true));
}

/** The scroll position after opening: at the unread separator if there is one, else at the end. */
function arrive(box: HTMLDivElement | null): void {
  const separator = box?.querySelector<HTMLElement>(".line-unread");
  if (box && separator) box.scrollTop = separator.offsetTop - box.offsetTop - BOTTOM_PX;
  else toBottom(box);
}

function toBottom(box: HTMLDivElement | null): void {
  if (box) box.scrollTop = box.scrollHeight;
}

function isAtBottom(box: HTMLDivElement | null): boolean {
  return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < BOTTOM_PX;
}

function TranscriptLoading() {
  return (
    <div class="lines-place">
      <div class="lines skeleton" role="status">
        <span class="unseen">{t("console.loading")}</span>
        <i class="bone is-theirs" />
        <i class="bone is-theirs is-short" />
        <i class="bone is-ours" />
        <i class="bone is-theirs" />
      </div>
    </div>
  );
}

/** Of a conversation that waits, only the row is sent to those who may take it: see `mayRead`. */
function NotYetMine({ row }: { row: Row }) {
  return (
    <div class="lines-place">
      <div class="empty" role="status">
        <p class="empty-title">{t(row.state === "waiting" ? "console.not_yet_mine" : "console.not_mine")}</p>
        {row.state === "waiting" && row.last_line !== "" && (
          <p class="empty-line">{t("console.not_yet_mine.last", { line: row.last_line })}</p>
        )}
      </div>
    </div>
  );
}

function Unreadable({ row }: { row: Row }) {
  const desk = useDesk();
  return (
    <div class="lines-place">
      <div class="empty" role="alert">
        <p class="empty-title">{t("console.unreadable")}</p>
        <button type="button" class="button" onClick={() => desk.following.readAgain(row.id)}>
          {t("console.retry")}
        </button>
      </div>
    </div>
  );
}
