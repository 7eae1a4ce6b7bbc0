// The text box. It grows from one row to five, never loses a draft, and never sends during an input method's
// composition.

import type { ComponentChildren, RefObject, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { asSent, length } from "../../shared/messageText";
import { Icon } from "../Icon";
import { useTexts } from "../texts";

/** The counter appears when this many characters are left. */
const COUNT_FROM_LEFT = 100;
const ROWS = 5;
/** The key code for keys that the input method consumed, in browsers without `isComposing`. */
const EATEN = 229;

interface ComposerProps {
  text: string;
  limit: number;
  box: RefObject<HTMLTextAreaElement | null>;
  /** Whether the server has sent the departments. */
  ready: boolean;
  /** The first message is under way; a second one has no conversation yet. */
  opening: boolean;
  fresh: boolean;
  /** Sending agrees to the privacy notice. */
  agree: boolean;
  onText(text: string): void;
  onSend(): void;
  /** What stands before the box. */
  children: ComponentChildren;
}

/** The box in which the visitor writes, with its send button and counter. */
export function Composer(props: ComposerProps) {
  const { text, limit, box, ready, opening, fresh, agree, onText, onSend, children } = props;
  const { t } = useTexts();
  const body = asSent(text);
  const left = limit - length(body);
  const sendable = body !== "" && left >= 0 && ready && !opening;
  useLayoutEffect(() => grow(box.current), [text, box]);
  // Enter before the server has answered counts: the text is sent as soon as that is possible.
  const wanted = useRef(false);
  const send = () => {
    wanted.current = !ready && body !== "";
    if (sendable) onSend();
  };
  useEffect(() => {
    if (!ready || !wanted.current) return;
    wanted.current = false;
    if (sendable) onSend();
  }, [ready]);
  return (
    <form
      class={agree ? "composer composer-agrees" : "composer"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Remark left={left} limit={limit} opening={opening && body !== ""} />
      <div class="composer-row">
        {children}
        <textarea
          ref={box}
          rows={1}
          value={text}
          aria-label={t("composer.label")}
          placeholder={t(fresh ? "composer.placeholder" : "composer.more")}
          aria-invalid={left < 0}
          enterkeyhint={isTouch() ? "enter" : "send"}
          onInput={(event) => onText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (!sends(event)) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="send" disabled={!sendable}>
          <Icon name="send" />
          {t(agree ? "composer.agree" : "composer.send")}
        </button>
      </div>
    </form>
  );
}

function Remark({ left, limit, opening }: { left: number; limit: number; opening: boolean }) {
  const { t } = useTexts();
  if (left < 0) {
    return (
      <p class="remark remark-over" role="alert">
        {t("composer.tooLong", { n: -left })}
      </p>
    );
  }
  if (opening) return <p class="remark">{t("composer.opening")}</p>;
  if (left > COUNT_FROM_LEFT) return null;
  return <p class="remark">{t("composer.count", { n: limit - left, limit })}</p>;
}

/**
 * Enter sends, except where a finger is the main pointer: there it makes a new line, because a touch keyboard has no
 * other way to make one.
 */
function sends(event: TargetedKeyboardEvent<HTMLTextAreaElement>): boolean {
  if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return false;
  return !event.isComposing && event.keyCode !== EATEN && !isTouch();
}

function isTouch(): boolean {
  return window.matchMedia("(pointer: coarse)").matches;
}

function grow(box: HTMLTextAreaElement | null): void {
  if (box === null) return;
  box.style.height = "auto";
  const style = getComputedStyle(box);
  const row = Number.parseFloat(style.lineHeight) || 24;
  const around = box.offsetHeight - box.clientHeight;
  const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
  box.style.height = `${Math.min(box.scrollHeight, row * ROWS + padding) + around}px`;
}
