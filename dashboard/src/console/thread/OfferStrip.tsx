// The line above the thread while the conversation is offered to a colleague: to whom, for how long, and a button to
// withdraw it.

import { ArrowRightLeft } from "lucide";
import type { OfferShown, Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { named, t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { rights, withdraw } from "../desk/conversationActions";
import { Countdown } from "../transfer/Countdown";

/** The line about an open transfer. */
export function OfferStrip({ row }: { row: Row }) {
  const desk = useDesk();
  const offer = row.offer;
  if (offer?.kind !== "transfer" || offer.mine || desk.isGone(row.id)) return null;
  return (
    <div class="strip">
      <Icon of={ArrowRightLeft} small />
      <span class="strip-text">
        {t("console.offered_to", { name: receiver(desk.state.value.welcome?.groups ?? [], offer) })}
      </span>
      <Countdown offer={offer} />
      {rights(desk, row).withdraw && (
        <button
          type="button"
          class="button is-small"
          disabled={desk.connection.value !== "live"}
          onClick={async () => {
            const refusal = await withdraw(desk, row);
            if (refusal !== null) desk.notices.problem(refusal);
          }}
        >
          {t("console.withdraw")}
        </button>
      )}
    </div>
  );
}

function receiver(groups: Parameters<typeof named>[0], offer: OfferShown): string {
  return offer.consultant ? offer.consultant.name : named(groups, offer.group ?? "");
}
