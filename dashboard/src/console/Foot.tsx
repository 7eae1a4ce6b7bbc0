// What stands under the lines: the composer, or, where nothing can be written, what can be done instead.

import { RotateCcw } from "lucide";
import type { Row } from "../../../widget/src/link/frames";
import { Composer } from "./Composer";
import type { Console } from "./console";
import { useConsole } from "./context";
import { draftOf, type Mode, typed } from "./drafts";
import { reopen, rights, takeOrTell } from "./giving";
import { Icon } from "./Icon";
import { OutcomePicker } from "./OutcomePicker";
import { t } from "./texts";

export function Foot({ row }: { row: Row }) {
  const console = useConsole();
  const may = rights(console, row);
  const told = whyNot(row, console.isGone(row.id));
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
      <LeftOver row={row} />
      {(may.reply || may.note) && <Composer row={row} />}
    </>
  );
}

/** Nothing was sent, so "your text stays in the composer" would be about something else. */
async function reopenOrTell(console: Console, row: Row): Promise<void> {
  const refusal = await reopen(console, row);
  if (refusal?.code === "conversation_closed") console.tell("problem", () => t("console.reopen.late"));
  else if (refusal !== null) console.problem(refusal);
}

/** What he had written when the conversation ended or went away: to be copied, no longer to be sent. */
function LeftOver({ row }: { row: Row }) {
  const console = useConsole();
  const may = rights(console, row);
  const modes: Mode[] = [];
  if (!may.reply) modes.push("reply");
  if (!may.note) modes.push("note");
  const texts = modes
    .map((mode) => draftOf(console.drafts.value, row.id, mode))
    .filter((text) => text !== "");
  if (texts.length === 0) return null;
  return (
    <div class="composer">
      <p class="composer-hint">
        {t("console.left_over")}{" "}
        <button type="button" class="link" onClick={() => forget(console, row.id, modes)}>
          {t("console.discard")}
        </button>
      </p>
      <textarea readOnly rows={2} value={texts.join("\n")} aria-label={t("console.left_over")} />
    </div>
  );
}

function forget(console: Console, conversation: string, modes: readonly Mode[]): void {
  for (const mode of modes) console.drafts.value = typed(console.drafts.value, conversation, mode, "");
}

function whyNot(row: Row, gone: boolean): string | null {
  if (row.state === "closed") return t("console.foot.closed");
  if (gone) return t("console.foot.gone");
  if (row.offer?.mine) return t("console.foot.offered");
  if (row.state === "waiting") return t("console.foot.waiting");
  return null;
}
