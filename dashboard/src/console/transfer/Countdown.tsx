// The time that is left for an offer. It is read aloud once with its card, not every second.

import type { OfferShown } from "../../../../widget/src/shared/frames";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { secondsLeft } from "../list/clocks";

/** The seconds left for an offer. */
export function Countdown({ offer }: { offer: OfferShown }) {
  const desk = useDesk();
  const clocks = desk.state.value.welcome?.clocks;
  if (clocks === undefined) return null;
  return (
    <span class="countdown figures" aria-live="off">
      {t("console.seconds", { n: secondsLeft(offer, clocks, desk.now.value) })}
    </span>
  );
}
