// The transcript: what was said, in order. It is a log for screen readers, which read only new entries and not the
// visitor's own.

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "../../shared/frames";
import { clock } from "../../shared/zone";
import type { Pending, State } from "../chat/state";
import { Icon } from "../Icon";
import { dayAndClock } from "../moments";
import { useTexts } from "../texts";
import { Bubble, PendingBubble, SystemBubble } from "./Bubble";
import { EventLine } from "./EventLine";
import { type Line, lines } from "./lines";

/** So close to the end counts as at the end. */
const NEAR_PX = 48;

interface TranscriptProps {
  state: State;
  /** Nothing can be stored at present. */
  troubled: boolean;
  now: number;
  onAgain(pending: Pending): void;
  onEdit(pending: Pending): void;
  onLeave(pending: Pending): void;
  /** What comes below the last line: departments to choose from, or the end. */
  children: ComponentChildren;
}

/** The scrolling list of messages and events. */
export function Transcript({ state, troubled, now, onAgain, onEdit, onLeave, children }: TranscriptProps) {
  const { t } = useTexts();
  const { ref, missed, toEnd, scrolled } = useEnd(state);
  const all = lines(state);
  const lastMine = all.filter((line) => line.kind === "bubble" && line.mine).pop()?.key;
  return (
    <div class="scroll-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <main class="scroll" ref={ref} onScroll={scrolled} tabIndex={0} aria-label={t("log.label")}>
        <div>
          <div role="log" aria-live={state.live ? "polite" : "off"} aria-relevant="additions">
            <ol>
              <Greeting state={state} />
              {all.map((line) => (
                <LineShown
                  key={line.key}
                  line={line}
                  state={state}
                  troubled={troubled}
                  now={now}
                  delivered={line.key === lastMine}
                  onAgain={onAgain}
                  onEdit={onEdit}
                  onLeave={onLeave}
                />
              ))}
            </ol>
          </div>
          {state.typing && <TypingSign />}
          {children}
        </div>
      </main>
      {missed > 0 && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" size={18} />
          {t("log.new", { n: missed })}
        </button>
      )}
    </div>
  );
}

interface LineShownProps {
  line: Line;
  state: State;
  troubled: boolean;
  now: number;
  delivered: boolean;
  onAgain(pending: Pending): void;
  onEdit(pending: Pending): void;
  onLeave(pending: Pending): void;
}

function LineShown(props: LineShownProps) {
  const { line, state, troubled, now, delivered, ...on } = props;
  const texts = useTexts();
  switch (line.kind) {
    case "day":
      return <li class="line-time">{dayAndClock(line.at, now, texts)}</li>;
    case "time":
      return <li class="line-time">{clock(line.at)}</li>;
    case "fold":
      return (
        <li class="fold">
          <details>
            <summary>{texts.t("log.folded", { n: line.events })}</summary>
            <ol>
              {line.lines.map((each) => (
                <LineShown {...props} key={each.key} line={each} />
              ))}
            </ol>
          </details>
        </li>
      );
    case "event":
      return <EventLine event={line.event} owner={line.owner} groups={state.site?.groups ?? []} />;
    case "bubble":
      return <Bubble {...line} delivered={delivered} />;
    case "pending":
      return <PendingBubble {...line} state={state} troubled={troubled} {...on} />;
  }
}

/** The first words of the widget: from the transcript if there is one, otherwise as the site has them now. */
function Greeting({ state: { entries, site, over } }: { state: State }) {
  const { language } = useTexts();
  if (over) return null;
  const opened = entries.find(({ event }) => event?.name === "opened")?.event;
  const greeting = opened?.name === "opened" ? opened.greeting : null;
  const text = greeting ?? (language === "zh" ? site?.greeting_zh : site?.greeting_en);
  return text ? <SystemBubble>{text}</SystemBubble> : null;
}

function TypingSign() {
  const { t } = useTexts();
  return (
    <p class="typing">
      <span class="typing-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {t("log.typing")}
    </p>
  );
}

/** Follows the end while the visitor is there; after scrolling up, it counts the missed messages instead. */
function useEnd(state: State) {
  const ref = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const [seen, setSeen] = useState(0);
  const head = state.entries[state.entries.length - 1]?.seq ?? 0;
  const toEnd = () => {
    atEnd.current = true;
    ref.current?.scrollTo({ top: ref.current.scrollHeight });
    setSeen(head);
  };
  const scrolled = () => {
    const box = ref.current;
    if (box === null) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    if (atEnd.current) setSeen(head);
  };
  const written = state.pending[state.pending.length - 1]?.ref;
  useLayoutEffect(() => {
    if (written !== undefined) atEnd.current = true;
  }, [written]);
  const begun = head > 0 || written !== undefined;
  useLayoutEffect(() => {
    // Before the first message, the text to read first is at the top.
    if (begun && atEnd.current) toEnd();
  });
  useEffect(() => {
    const box = ref.current;
    if (box === null || typeof ResizeObserver === "undefined") return;
    // When the keyboard, the composer or the rating changes the height, the last line stays visible.
    const observer = new ResizeObserver(() => {
      if (begun && atEnd.current) box.scrollTo({ top: box.scrollHeight });
    });
    observer.observe(box);
    if (box.firstElementChild !== null) observer.observe(box.firstElementChild);
    return () => observer.disconnect();
  }, [begun]);
  const missed = state.entries.filter((entry) => entry.seq > seen && isAnswer(entry)).length;
  return { ref, toEnd, scrolled, missed: atEnd.current ? 0 : missed };
}

function isAnswer({ kind, author }: Entry): boolean {
  return kind === "message" && author.kind !== "visitor";
}
