// The hint who keeps the conversation, for the dialogs that ask a colleague or transfer.

import type { Row } from "../../../../widget/src/shared/frames";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";

/** Who keeps the conversation until a colleague accepts it: its owner, who need not be the person who asks. */
export function Keeps({ of: what, row }: { of: "ask" | "transfer"; row: Row }) {
  const me = useDesk().me.value;
  const { owner } = row;
  const mine = !owner || owner.id === me?.id;
  return (
    <span class="dialog-hint">
      {mine ? t(`console.${what}.keeps`) : t(`console.${what}.keeps_other`, { name: owner.name })}
    </span>
  );
}
