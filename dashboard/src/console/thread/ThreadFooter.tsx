// The area below the lines: the composer, and above it the state of the conversation when that prevents writing.

import { RotateCcw } from "lucide";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { Composer } from "../composer/Composer";
import { draftOf } from "../composer/drafts";
import { hasBox } from "../composer/modeSync";
import { useDesk } from "../desk/context";
import { reopen, rights, takeOrTell } from "../desk/conversationActions";
import type { Desk } from "../desk/desk";
import { OutcomePicker } from "./OutcomePicker";

/** The footer of the open conversation. */
export function ThreadFooter({ row }: { row: Row }) {
  const desk = useDesk();
  const may = rights(desk, row);
  const told = whyNot(row, desk);
  return (
    <>
      {(told !== null || (!may.reply && !may.note)) && (
        <div class="foot">
          <p>{told ?? t("console.foot.reading")}</p>
          {may.claim && (
            <button
              type="button"
              class="button is-primary"
              disabled={desk.connection.value !== "live"}
              onClick={() => void takeOrTell(desk, row)}
            >
              {t("console.claim")}
            </button>
          )}
          {may.reopen && (
            <button
              type="button"
              class="button"
              disabled={desk.connection.value !== "live"}
              onClick={() => void reopenOrTell(desk, row)}
            >
              <Icon of={RotateCcw} small />
              {t("console.reopen")}
            </button>
          )}
        </div>
      )}
      {may.outcome && <OutcomePicker key={row.id} row={row} />}
      {hasBox(desk, row) && <Composer key={`box-${row.id}`} row={row} />}
    </>
  );
}

/**
 * Reopens, and reports a refusal. Nothing was sent, so the usual sentence "your text stays in the composer" would not
 * fit.
 */
async function reopenOrTell(desk: Desk, row: Row): Promise<void> {
  const refusal = await reopen(desk, row);
  if (refusal?.code === "conversation_closed") desk.notices.tell("problem", () => t("console.reopen.late"));
  else if (refusal !== null) desk.notices.problem(refusal);
}

function whyNot(row: Row, desk: Desk): string | null {
  if (row.state === "closed") return t("console.foot.closed");
  if (desk.isGone(row.id)) return t("console.foot.gone");
  if (row.offer?.mine) return t("console.foot.offered");
  if (row.state === "waiting") return t("console.foot.waiting");
  const unsent = draftOf(desk.drafts.value, row.id, "reply") !== "";
  if (unsent && row.owner && !rights(desk, row).reply)
    return t("console.foot.owned", { name: row.owner.name });
  return null;
}
