// One message. What a person wrote is shown as it was written, as text and never as markup.

import type { Entry } from "../../shared/frames";
import { spelledOut } from "../../shared/hiddenCharacters";
import { clock } from "../../shared/zone";
import type { Failure, Pending, State } from "../chat/state";
import { useMode } from "../elder/mode";
import { useReached } from "../hooks";
import { Icon } from "../Icon";
import { type Texts, useTexts } from "../texts";
import { LinkedText } from "./LinkedText";
import { Row } from "./Row";

/** After this long "sending" changes to "not sent, retrying"; the promise is 5 s. */
const RETRYING_MS = 3_000;

interface BubbleProps {
  entry: Entry;
  mine: boolean;
  first: boolean;
  last: boolean;
  delivered: boolean;
}

/** A message of the transcript. */
export function Bubble({ entry, mine, first, last, delivered }: BubbleProps) {
  const texts = useTexts();
  const { t } = texts;
  const { parts } = useMode();
  const who = whoOf({ entry, mine }, texts);
  return (
    <Row side={mine ? "mine" : "theirs"} first={first} last={last}>
      {!mine && first && (
        <p class="bubble-who" aria-hidden="true">
          {who}
        </p>
      )}
      <p class="bubble" title={clock(entry.at)}>
        <span class="sr-only">{t("log.says", { who })}</span>
        <LinkedText text={entry.body ?? ""} />
      </p>
      {!mine && parts && <parts.ReadAloud text={entry.body ?? ""} />}
      {mine && delivered && (
        <p class="status">
          <Icon name="check" size={14} />
          {t("status.delivered")}
        </p>
      )}
    </Row>
  );
}

interface PendingBubbleProps {
  pending: Pending;
  first: boolean;
  last: boolean;
  state: State;
  /** Nothing can be stored at present. */
  troubled: boolean;
  onAgain(pending: Pending): void;
  onEdit(pending: Pending): void;
  onLeave(pending: Pending): void;
}

/** Who wrote or sent an entry, in words. */
export function whoOf({ entry, mine }: Pick<BubbleProps, "entry" | "mine">, { t }: Texts): string {
  const { person } = entry.author;
  if (mine) return t("log.you");
  return person ? `${t(`title.${person.title}`)} ${spelledOut(person.name)}` : t("log.system");
}

/** A text of the visitor that is not in the transcript yet. */
export function PendingBubble(props: PendingBubbleProps) {
  const { pending, first, last, state, troubled, onAgain, onEdit, onLeave } = props;
  const { t } = useTexts();
  const late = useReached(pending.at + RETRYING_MS);
  const { failure } = pending;
  return (
    <Row side="mine" first={first} last={last}>
      <p class={failure ? "bubble bubble-failed" : "bubble bubble-pending"}>
        <span class="sr-only">{t("log.says", { who: t("log.you") })}</span>
        {spelledOut(pending.body)}
      </p>
      {failure ? (
        <Failed
          failure={failure}
          state={state}
          onAgain={() => onAgain(pending)}
          onEdit={() => onEdit(pending)}
          onLeave={() => onLeave(pending)}
        />
      ) : (
        <OnItsWay accepted={pending.accepted} retrying={late || troubled} />
      )}
    </Row>
  );
}

/** The state of a text under way. It never says "delivered" before the server has confirmed it. */
function OnItsWay({ accepted, retrying }: { accepted: boolean; retrying: boolean }) {
  const { t } = useTexts();
  if (!accepted && retrying) {
    return (
      <p class="status status-retrying">
        <Icon name="retry" size={14} />
        {t("status.retrying")}
      </p>
    );
  }
  return (
    <p class="status">
      <Icon name={accepted ? "check" : "clock"} size={14} />
      {t(accepted ? "status.delivered" : "status.sending")}
    </p>
  );
}

const EXPLAINED = new Set([
  "conversation_closed",
  "not_found",
  "queue_full",
  "rate_limited",
  "text_invalid",
  "too_large",
]);
const OVER = new Set(["conversation_closed", "not_found"]);
/** Refusals after which the text must be changed, because the same one would be refused again. */
const TO_CHANGE = new Set(["text_invalid", "too_large"]);

interface FailedProps {
  failure: Failure;
  state: State;
  onAgain(): void;
  onEdit(): void;
  onLeave(): void;
}

/** Refusals after which a 留言 is better than another attempt. */
const BETTER_LEFT = new Set(["queue_full", "rate_limited"]);

/**
 * The reason for a refusal. Visitors who cannot wait in the queue because of others at the same address are told so:
 * the queue is not full.
 */
function reason({ code, details }: Failure): string {
  if (code === "queue_full" && details.why === "address") return "failed.queue_share";
  return `failed.${EXPLAINED.has(code) ? code : "other"}`;
}

function Failed({ failure, state, onAgain, onEdit, onLeave }: FailedProps) {
  const { t } = useTexts();
  const { code } = failure;
  const why = reason(failure);
  return (
    <div class="failed" role="alert">
      <p>
        <Icon name="alert" size={14} />
        <strong>{t("status.failed")}</strong>{" "}
        {t(why, { phone: state.site?.phone ?? "", limit: state.limits.message })}
      </p>
      <div class="failed-actions">
        {BETTER_LEFT.has(code) && (
          <button type="button" class="button button-primary" onClick={onLeave}>
            {t("queue.message")}
          </button>
        )}
        {!TO_CHANGE.has(code) && (
          <button type="button" class="button" onClick={onAgain}>
            {t(OVER.has(code) ? "status.asNew" : "status.again")}
          </button>
        )}
        <button type="button" class="button" onClick={onEdit}>
          {t("status.edit")}
        </button>
      </div>
    </div>
  );
}
