// What came of a call: a note of the result, or of the visitor's wish not to be called again.

import { useState } from "preact/hooks";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Buttons, NoteField, Problem, useSending } from "../../shared/DialogForm";
import { t } from "../../shared/texts";
import { useDesk, useLive } from "../desk/context";
import { useNoteLimit } from "../desk/noteLimit";
import { type Result, report } from "./callbacks";

interface CallbackReportingProps {
  id: string;
  result: Result;
  close: () => void;
}

/** The form below the card. The result needs a note; 不再联系 needs none. */
export function CallbackReporting({ id, result, close }: CallbackReportingProps) {
  const desk = useDesk();
  const live = useLive();
  const [note, setNote] = useState("");
  const { problem, busy, send } = useSending(close);
  const fits = useNoteLimit();
  const required = result === "reached";
  const ready = required ? fits(note) : note === "" || fits(note);
  return (
    <form
      class="offline-settling"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void send(() => report(desk, id, result, asSent(note)));
      }}
    >
      {result === "do_not_call" && <p>{t("console.callback.do_not_call.means")}</p>}
      <NoteField
        label={t("console.callback.note")}
        note={note}
        write={setNote}
        placeholder={t("console.callback.note.placeholder")}
        required={required}
      />
      <Problem of={problem} />
      <Buttons close={close} send={t(`console.callback.${result}`)} ready={live && ready && !busy} />
    </form>
  );
}
