// 状态: my availability, since when and why, and the ways to change it. A break or going offline takes one click, with a
// reason.

import { useState } from "preact/hooks";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Dialog } from "../../shared/Dialog";
import { Buttons } from "../../shared/DialogForm";
import { Menu } from "../../shared/Menu";
import { t } from "../../shared/texts";
import { doneOrTold } from "../desk/commands";
import { useDesk, useLive } from "../desk/context";
import { AVAILABILITIES, type Availability, setAvailability } from "../desk/conversationActions";
import type { OffDuty } from "../desk/dialogs";
import { clockText } from "../list/clocks";
import { goOffDuty } from "./goOffDuty";

type Leave = Exclude<OffDuty, "sign_out">;

/** The reasons to choose from; their texts have the keys `console.reason.…`. The text is stored, not the key. */
const REASONS: Partial<Record<Availability, readonly string[]>> = {
  break: ["meal", "rest", "meeting"],
  offline: ["shift_over", "unwell"],
};

/** The menu with my availability. */
export function AvailabilityMenu() {
  const desk = useDesk();
  const me = desk.me.value;
  if (me === null) return null;
  const word = t(`console.availability.${me.availability}`);
  const since = me.availability_since > 0 ? clockText(desk.now.value - me.availability_since) : "";
  const timed = since !== "" && me.availability !== "online" && me.availability !== "paused";
  const reason = me.availability === "paused" ? "" : (me.reason ?? "");
  // The accessible name contains the visible text; otherwise voice control could not find the button.
  const now = [word, timed ? since : "", reason].filter((part) => part !== "").join(" ");
  const choose = (availability: Availability, reason = "") => {
    if (availability === "online" || availability === "busy")
      void doneOrTold(desk, setAvailability(desk, availability, reason));
    else goOffDuty(desk, availability, reason);
  };
  return (
    <Menu
      label={t("console.availability.label", { now })}
      class="availability"
      shows={
        <>
          <span class={`dot is-${me.availability}`} />
          {word}
          {timed && (
            <>
              {" "}
              <span class="availability-since figures">{since}</span>
            </>
          )}
          {reason !== "" && (
            <>
              {" "}
              <span class="availability-reason">{reason}</span>
            </>
          )}
        </>
      }
    >
      {(close) =>
        AVAILABILITIES.map((each) => (
          <Choice
            key={each}
            availability={each}
            choose={(reason) => {
              close();
              choose(each, reason);
            }}
            tell={() => {
              close();
              desk.dialog.value = { kind: "reason", availability: each as Leave };
            }}
          />
        ))
      }
    </Menu>
  );
}

interface ChoiceProps {
  availability: Availability;
  choose: (reason?: string) => void;
  /** Asks for a reason in the person's own words. */
  tell: () => void;
}

function Choice({ availability, choose, tell }: ChoiceProps) {
  const desk = useDesk();
  const off = desk.connection.value !== "live";
  const reasons = REASONS[availability];
  return (
    <>
      <button
        type="button"
        role="menuitemradio"
        aria-checked={availability === desk.me.value?.availability}
        class="menu-item"
        disabled={off}
        onClick={() => choose()}
      >
        <span class={`dot is-${availability}`} />
        <span>
          {t(`console.availability.${availability}`)}
          <small>{t(`console.availability.${availability}.means`)}</small>
        </span>
      </button>
      {reasons !== undefined && (
        <div class="menu-reasons">
          {reasons.map((each) => (
            <button
              key={each}
              type="button"
              role="menuitem"
              class="chip"
              disabled={off}
              aria-label={t("console.availability.because", {
                now: t(`console.availability.${availability}`),
                reason: t(`console.reason.${each}`),
              })}
              onClick={() => choose(t(`console.reason.${each}`))}
            >
              {t(`console.reason.${each}`)}
            </button>
          ))}
          <button type="button" role="menuitem" class="chip" disabled={off} onClick={tell}>
            {t("console.reason.other")}
          </button>
        </div>
      )}
    </>
  );
}

/** The limit of the frame. */
const LONGEST = 100;

/** Asks for a reason in one's own words. */
export function ReasonDialog({ to, close }: { to: Leave; close: () => void }) {
  const desk = useDesk();
  const live = useLive();
  const [reason, setReason] = useState("");
  function submit(event: Event) {
    event.preventDefault();
    if (asSent(reason) === "") return;
    close();
    goOffDuty(desk, to, asSent(reason));
  }
  return (
    <Dialog title={t(`console.leave.title.${to}`)} close={close}>
      <form onSubmit={submit}>
        <label class="field">
          {t("console.reason")}
          <input
            data-first=""
            maxLength={LONGEST}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <Buttons close={close} send={t(`console.leave.go.${to}`)} ready={live && asSent(reason) !== ""} />
      </form>
    </Dialog>
  );
}
