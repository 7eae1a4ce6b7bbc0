// The visitor's place in the queue, and the ways out of it: a 留言 instead, or no longer waiting.

import type { Standing } from "../../shared/frames";
import { Clauses } from "../Clauses";
import { useSlowly } from "../hooks";
import { type Texts, useTexts } from "../texts";

/** A place that changes every second would be read aloud without end. */
const SAY_EVERY_MS = 30_000;

interface QueueProps {
  standing: Standing;
  /**
   * An emergency while nobody is there to read it: neither place nor estimate is shown, since both would promise an
   * answer.
   */
  alone: boolean;
  /** When the department closes, in words, if that is soon; otherwise empty. */
  closes: string;
  /** The hospital's phone number; empty when it has none. */
  phone: string;
  onMessage(): void;
  onCall(): void;
  onLeave(): void;
}

/** The place in the queue, with its buttons. */
export function Queue({ standing, alone, closes, phone, onMessage, onCall, onLeave }: QueueProps) {
  const texts = useTexts();
  const { t } = texts;
  const line = alone ? t("queue.alone") : queueLine(standing, texts, phone);
  const offer = alone ? "" : messageOffer(standing, closes, texts);
  const said = useSlowly([line, offer].filter(Boolean).join(" "), SAY_EVERY_MS);
  // While somebody serves, a 留言 is never the first button.
  const comes = !alone && serviceOf(standing) !== "nobody" && serviceOf(standing) !== "closed";
  const message = (
    <button
      type="button"
      key="message"
      class={comes || offer === "" ? "button" : "button button-primary"}
      onClick={onMessage}
    >
      {t("queue.message")}
    </button>
  );
  const leave = (
    <button type="button" key="leave" class="button" onClick={onLeave}>
      {t("queue.leave")}
    </button>
  );
  const call = (
    <button type="button" key="call" class="button" onClick={onCall}>
      {t("call.title")}
    </button>
  );
  return (
    <section class="queue">
      <div aria-hidden="true">
        <p class="queue-line">
          <Clauses text={line} />
        </p>
        {!alone && (
          <p class={offer === "" ? "hint" : "queue-offer"}>{offer === "" ? t("queue.mayWrite") : offer}</p>
        )}
      </div>
      <div class="queue-ways">{comes ? [leave, message, call] : [message, call, leave]}</div>
      <p class="sr-only" role="status">
        {said}
      </p>
    </section>
  );
}

/** Who is there; older servers only send `nobody`. */
function serviceOf({ service, nobody }: Standing): NonNullable<Standing["service"]> {
  return service ?? (nobody ? "nobody" : "free");
}

/** The line about the place. Minutes are rounded up, so that the real wait is rather shorter than announced. */
export function queueLine(standing: Standing, { t }: Texts, phone = ""): string {
  const { ahead, wait_ms, rose } = standing;
  const service = serviceOf(standing);
  if (service === "nobody" || service === "closed")
    return phone === "" ? t(`queue.${service}`) : t(`queue.${service}Phone`, { phone });
  if (!ahead) return t(service === "busy" ? "queue.nextBusy" : "queue.next");
  const place = rose
    ? t(`queue.rose.${rose}`, { n: ahead })
    : t(service === "busy" ? "queue.busy" : "queue.ahead", { n: ahead });
  if (!wait_ms) return place;
  const minutes = Math.max(1, Math.ceil(wait_ms / 60_000));
  return t("queue.both", { place, wait: t("queue.wait", { n: minutes }) });
}

/** Why a 留言 may be better now; empty when waiting is better. */
export function messageOffer(standing: Standing, closes: string, { t }: Texts): string {
  if (serviceOf(standing) === "nobody" || serviceOf(standing) === "closed") return t("queue.offer.nobody");
  if (closes !== "") return t("queue.offer.closing", { when: closes });
  if (!standing.message_offered) return "";
  // A visitor who is first in line gets the offer because nobody has answered, not because many wait.
  return t(standing.ahead ? "queue.offer.long" : "queue.offer.late");
}
