// The transcript: what was said, in order. It is a log for screen readers, which read only new entries and not the
// visitor's own.

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "../../shared/frames";
import type { Pending, State } from "../chat/state";
import { Icon } from "../Icon";
import type { Talk } from "../talk/fetchTalk";
import { useTexts } from "../texts";
import type { FileShower } from "./lines";
import { PlainBubble, SystemBubble } from "./Row";

/** So close to the end counts as at the end. */
const NEAR_PX = 48;

interface TranscriptProps {
  /** Null until it is fetched. */
  talk: Talk | null;
  state: State;
  /** Nothing can be stored at present. */
  troubled: boolean;
  now: number;
  onAgain(pending: Pending): void;
  onEdit(pending: Pending): void;
  onLeave(pending: Pending): void;
  /** Draws a file; null until that part of the chat is fetched. */
  file: FileShower | null;
  /** What comes after the greeting. */
  greeted: ComponentChildren;
  /** What comes below the last line: departments to choose from, or the end. */
  children: ComponentChildren;
}

/** The scrolling list of messages and events. */
export function Transcript({
  talk,
  state,
  troubled,
  now,
  onAgain,
  onEdit,
  onLeave,
  file,
  greeted,
  children,
}: TranscriptProps) {
  const { t } = useTexts();
  const { ref, missed, toEnd, scrolled } = useEnd(state);
  return (
    <div class="scroll-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <main class="scroll" ref={ref} onScroll={scrolled} tabIndex={0} aria-label={t("log.label")}>
        <div>
          <div role="log" aria-live={state.live ? "polite" : "off"} aria-relevant="additions">
            <ol>
              <Greeting state={state} />
              {greeted}
              {talk ? (
                <talk.AllLines
                  state={state}
                  troubled={troubled}
                  now={now}
                  onAgain={onAgain}
                  onEdit={onEdit}
                  onLeave={onLeave}
                  file={file}
                />
              ) : (
                state.pending.map(({ ref: key, body }) => <PlainBubble key={key}>{body}</PlainBubble>)
              )}
            </ol>
          </div>
          {state.typing && talk && <talk.TypingSign />}
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

/** The first words of the widget: from the transcript if there is one, otherwise as the site has them now. */
function Greeting({ state: { entries, site, over } }: { state: State }) {
  const { language } = useTexts();
  if (over) return null;
  const opened = entries.find(({ event }) => event?.name === "opened")?.event;
  const greeting = opened?.name === "opened" ? opened.greeting : null;
  const text = greeting ?? (language === "zh" ? site?.greeting_zh : site?.greeting_en);
  return text ? <SystemBubble>{text}</SystemBubble> : null;
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
  return kind !== "event" && author.kind !== "visitor";
}
