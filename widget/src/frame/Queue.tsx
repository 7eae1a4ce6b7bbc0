// The visitor's place in the queue, and the ways out of it: a 留言 instead, or not to wait any longer.

import type { Standing } from "../link/frames";
import { Clauses } from "./Clauses";
import { useSlowly } from "./hooks";
import { type Texts, useTexts } from "./texts";

/** A place that changes every second would be read aloud without end. */
const SAY_EVERY_MS = 30_000;

interface QueueProps {
  standing: Standing;
  /** In an emergency, while nobody is there to read it: no place and no estimate, which would promise an answer. */
  alone: boolean;
  /** When the department closes, in words, while that is near; else empty. */
  closes: string;
  onMessage(): void;
  onLeave(): void;
}

export function Queue({ standing, alone, closes, onMessage, onLeave }: QueueProps) {
  const texts = useTexts();
  const { t } = texts;
  const line = alone ? t("emergency.alone") : queueLine(standing, texts);
  const offer = alone ? "" : messageOffer(standing, closes, texts);
  const said = useSlowly([line, offer].filter(Boolean).join(" "), SAY_EVERY_MS);
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
      <div class="queue-ways">
        <button type="button" class={offer === "" ? "button" : "button button-primary"} onClick={onMessage}>
          {t("queue.message")}
        </button>
        <button type="button" class="button" onClick={onLeave}>
          {t("queue.leave")}
        </button>
      </div>
      <p class="sr-only" role="status">
        {said}
      </p>
    </section>
  );
}

/** Minutes are rounded up: who was told three and waited two is glad, not the other way round. */
export function queueLine({ ahead, wait_ms, nobody, rose }: Standing, { t }: Texts): string {
  if (nobody) return t("queue.nobody");
  if (!ahead) return t("queue.next");
  const place = rose ? t(`queue.rose.${rose}`, { n: ahead }) : t("queue.ahead", { n: ahead });
  if (!wait_ms) return place;
  const minutes = Math.max(1, Math.ceil(wait_ms / 60_000));
  return t("queue.both", { place, wait: t("queue.wait", { n: minutes }) });
}

/** Why a 留言 would be the better way now; empty when waiting is. */
export function messageOffer({ message_offered, nobody }: Standing, closes: string, { t }: Texts): string {
  if (nobody) return t("queue.offer.nobody");
  if (closes !== "") return t("queue.offer.closing", { when: closes });
  return message_offered ? t("queue.offer.long") : "";
}
