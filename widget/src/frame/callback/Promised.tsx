// The call that was promised, exactly as staff have it, and how to take it back.

import type { RefusedError } from "../../shared/link/outbox";
import { clock, dayOf, span } from "../../shared/zone";
import { beginning, ending } from "../moments";
import { type Texts, useTexts } from "../texts";
import { Failed } from "./Failed";
import type { PromisedCall } from "./fields";

interface PromisedProps {
  promised: PromisedCall;
  now: number;
  busy: boolean;
  failure: RefusedError | null;
  onWithdraw(): void;
  onAnew(): void;
  onClose(): void;
}

/** The last step. */
export function Promised({ promised, now, busy, failure, onWithdraw, onAnew, onClose }: PromisedProps) {
  const texts = useTexts();
  const { t } = texts;
  return (
    <div class="call">
      <p class="call-promise" role="status">
        {promiseText(promised, now, texts)}
      </p>
      {promised.phone !== "" && (
        <p class="call-read" dir="ltr">
          {promised.phone}
        </p>
      )}
      <p class="hint">{t("call.stay")}</p>
      <Failed failure={failure} phone="" />
      <div class="dialog-actions">
        <button type="button" class="button" disabled={busy} onClick={onWithdraw}>
          {t("call.withdraw")}
        </button>
        <button type="button" class="button" disabled={busy} onClick={onAnew}>
          {t("call.anew")}
        </button>
        <button type="button" class="button button-primary" onClick={onClose}>
          {t("more.close")}
        </button>
      </div>
    </div>
  );
}

/** 我们会在明天 8:10–12:00 给您回电。 */
export function promiseText({ from, until }: PromisedCall, now: number, texts: Texts): string {
  const { t } = texts;
  if (from === null || until === null) return t("call.promise.later");
  // Midnight belongs to the day that ends.
  const sameDay = dayOf(from) === dayOf(until - 1);
  const end = clock(until) === "00:00" ? "24:00" : clock(until).replace(/^0/, "");
  return t("call.promise", {
    when: span(beginning(from, now, texts), sameDay ? end : ending(until, now, texts)),
  });
}
