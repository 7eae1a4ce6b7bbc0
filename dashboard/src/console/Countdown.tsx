// How long an offer stands. Read aloud once with what it stands in, not every second.

import type { OfferShown } from "../../../widget/src/link/frames";
import { secondsLeft } from "./clocks";
import { useConsole } from "./context";
import { t } from "./texts";

export function Countdown({ offer }: { offer: OfferShown }) {
  const console = useConsole();
  const clocks = console.desk.value.welcome?.clocks;
  if (clocks === undefined) return null;
  return (
    <span class="countdown figures" aria-live="off">
      {t("console.seconds", { n: secondsLeft(offer, clocks, console.now.value) })}
    </span>
  );
}
