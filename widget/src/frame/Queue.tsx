// The visitor's place in the queue, and the way out of it.

import type { Standing } from "../link/frames";
import { useSlowly } from "./hooks";
import { type Texts, useTexts } from "./texts";

/** A place that changes every second would be read aloud without end. */
const SAY_EVERY_MS = 30_000;

export function Queue({ standing, onLeave }: { standing: Standing; onLeave(): void }) {
  const texts = useTexts();
  const { t } = texts;
  const line = queueLine(standing, texts);
  const said = useSlowly(line, SAY_EVERY_MS);
  return (
    <section class="queue">
      <div>
        <p class="queue-line" aria-hidden="true">
          {line}
        </p>
        <p class="hint">{t("queue.mayWrite")}</p>
      </div>
      <button type="button" class="button" onClick={onLeave}>
        {t("queue.leave")}
      </button>
      <p class="sr-only" role="status">
        {said}
      </p>
    </section>
  );
}

/** Minutes are rounded up: who was told three and waited two is glad, not the other way round. */
export function queueLine({ ahead, wait_ms, nobody }: Standing, { t, language }: Texts): string {
  if (nobody) return t("queue.nobody");
  if (!ahead) return t("queue.next");
  const place = t("queue.ahead", { n: ahead });
  if (!wait_ms) return place;
  const minutes = Math.max(1, Math.ceil(wait_ms / 60_000));
  return `${place}${language === "zh" ? "," : ", "}${t("queue.wait", { n: minutes })}`;
}
