// What stands under the lines: the composer, and above it how the conversation stands where that keeps one from writing.

import { RotateCcw } from "lucide";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { Composer } from "../composer/Composer";
import { draftOf } from "../composer/drafts";
import { hasBox } from "../composer/modes";
import type { Console } from "../desk/console";
import { useConsole } from "../desk/context";
import { reopen, rights, takeOrTell } from "../desk/giving";
import { OutcomePicker } from "./OutcomePicker";

export function Foot({ row }: { row: Row }) {
  const console = useConsole();
  const may = rights(console, row);
  const told = whyNot(row, console);
  return (
    <>
      {(told !== null || (!may.reply && !may.note)) && (
        <div class="foot">
          <p>{told ?? t("console.foot.reading")}</p>
          {may.claim && (
            <button
              type="button"
              class="button is-primary"
              disabled={console.connection.value !== "live"}
              onClick={() => void takeOrTell(console, row)}
            >
              {t("console.claim")}
            </button>
          )}
          {may.reopen && (
            <button
              type="button"
              class="button"
              disabled={console.connection.value !== "live"}
              onClick={() => void reopenOrTell(console, row)}
            >
              <Icon of={RotateCcw} small />
              {t("console.reopen")}
            </button>
          )}
        </div>
      )}
      {may.outcome && <OutcomePicker key={row.id} row={row} />}
      {hasBox(console, row) && <Composer key={`box-${row.id}`} row={row} />}
    </>
  );
}

/** Nothing was sent, so "your text stays in the composer" would be about something else. */
async function reopenOrTell(console: Console, row: Row): Promise<void> {
  const refusal = await reopen(console, row);
  if (refusal?.code === "conversation_closed") console.tell("problem", () => t("console.reopen.late"));
  else if (refusal !== null) console.problem(refusal);
}

function whyNot(row: Row, console: Console): string | null {
  if (row.state === "closed") return t("console.foot.closed");
  if (console.isGone(row.id)) return t("console.foot.gone");
  if (row.offer?.mine) return t("console.foot.offered");
  if (row.state === "waiting") return t("console.foot.waiting");
  const unsent = draftOf(console.drafts.value, row.id, "reply") !== "";
  if (unsent && row.owner && !rights(console, row).reply)
    return t("console.foot.owned", { name: row.owner.name });
  return null;
}
