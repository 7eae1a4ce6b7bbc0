// 退回排队: returns one conversation to the head of the queue, with a note for the next consultant.

import { useState } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Dialog } from "../../shared/Dialog";
import { Buttons, NoteField, Problem, useSending } from "../../shared/DialogForm";
import { t, visitorName } from "../../shared/texts";
import { useDesk, useLive } from "../desk/context";
import { release } from "../desk/conversationActions";
import { useNoteLimit } from "../desk/noteLimit";

/** The dialog that releases a conversation. */
export function ReleaseDialog({ row, close }: { row: Row; close: () => void }) {
  const desk = useDesk();
  const live = useLive();
  const [note, setNote] = useState("");
  const { problem, busy, send } = useSending(close);
  const fits = useNoteLimit();
  function submit(event: Event) {
    event.preventDefault();
    if (fits(note)) void send(() => release(desk, desk.row(row.id) ?? row, asSent(note)));
  }
  return (
    <Dialog title={t("console.release.title", { visitor: visitorName(row) })} close={close}>
      <form onSubmit={submit}>
        <p class="dialog-lead">{t("console.leave.release.means")}</p>
        <NoteField
          label={t("console.release.note")}
          note={note}
          write={setNote}
          placeholder={t("console.release.note.placeholder")}
        />
        <Problem of={problem} />
        <Buttons close={close} send={t("console.leave.release")} ready={live && fits(note) && !busy} />
      </form>
    </Dialog>
  );
}
