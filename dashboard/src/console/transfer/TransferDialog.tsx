// 转接: choose a colleague or a group and say why. Those who cannot take it are listed too, with the reason.

import { useState } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Dialog } from "../../shared/Dialog";
import { Buttons, NoteField, Problem, useSending } from "../../shared/DialogForm";
import { t, visitorName } from "../../shared/texts";
import { useDesk, useLive } from "../desk/context";
import { offer } from "../desk/conversationActions";
import { useNoteLimit } from "../desk/noteLimit";
import type { Target } from "./handed";
import { Keeps } from "./Keeps";
import { Picker } from "./Picker";

/** The dialog that transfers a conversation. */
export function TransferDialog({ row, close }: { row: Row; close: () => void }) {
  const desk = useDesk();
  const live = useLive();
  const [tab, setTab] = useState<"colleagues" | "groups">("colleagues");
  const [target, setTarget] = useState<Target | null>(null);
  const [note, setNote] = useState("");
  const { problem, busy, send } = useSending(close);
  const fits = useNoteLimit();
  function submit(event: Event) {
    event.preventDefault();
    if (target === null || !fits(note)) return;
    // The current row: it may have changed while the dialog was open.
    void send(() => offer(desk, desk.row(row.id) ?? row, target, asSent(note)));
  }
  return (
    <Dialog title={t("console.transfer.title", { visitor: visitorName(row) })} close={close} wide>
      <form class="transfer" onSubmit={submit}>
        <Picker
          purpose="transfer"
          owner={row.owner?.id ?? null}
          tab={tab}
          turn={setTab}
          target={target}
          choose={setTarget}
        />
        <NoteField
          label={t("console.transfer.note")}
          note={note}
          write={setNote}
          placeholder={t("console.transfer.note.placeholder")}
        />
        <Problem of={problem} />
        <Buttons
          close={close}
          send={t("console.transfer.send")}
          ready={live && target !== null && fits(note) && !busy}
        >
          <Keeps of="transfer" row={row} />
        </Buttons>
      </form>
    </Dialog>
  );
}
