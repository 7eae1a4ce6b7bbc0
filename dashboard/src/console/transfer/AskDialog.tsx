// 协助: ask a colleague to look at this conversation with me, or to answer in it as well.

import { useState } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Dialog } from "../../shared/Dialog";
import { Buttons, NoteField, Problem, useSending } from "../../shared/DialogForm";
import { t, visitorName } from "../../shared/texts";
import { useDesk, useLive } from "../desk/context";
import { useNoteLimit } from "../desk/noteLimit";
import { type AskedFor, ask } from "../thread/helpActions";
import type { Target } from "./handed";
import { Keeps } from "./Keeps";
import { ColleaguePicker } from "./Picker";

/** The dialog that asks a colleague for help. */
export function AskDialog({ row, close }: { row: Row; close: () => void }) {
  const desk = useDesk();
  const live = useLive();
  const [target, setTarget] = useState<Target | null>(null);
  const [askedFor, setAskedFor] = useState<AskedFor>("help");
  const [note, setNote] = useState("");
  const { problem, busy, send } = useSending(close);
  const fits = useNoteLimit();
  const chosen = target !== null && "consultant" in target ? target.consultant : null;
  function submit(event: Event) {
    event.preventDefault();
    if (chosen !== null && fits(note)) void send(() => ask(desk, row, chosen, askedFor, asSent(note)));
  }
  return (
    <Dialog title={t("console.ask.title", { visitor: visitorName(row) })} close={close} wide>
      <form onSubmit={submit}>
        <fieldset class="outcomes is-wide">
          <legend>{t("console.ask.what")}</legend>
          {(["help", "join"] as const).map((each) => (
            <label key={each} class={`outcome${askedFor === each ? " is-chosen" : ""}`}>
              <input
                type="radio"
                name="asked_for"
                data-first={each === askedFor ? "" : undefined}
                checked={each === askedFor}
                onChange={() => setAskedFor(each)}
              />
              <span>
                {t(`console.ask.${each}`)}
                <small>{t(`console.ask.${each}.means`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <ColleaguePicker purpose="ask" owner={row.owner?.id ?? null} target={target} choose={setTarget} />
        <NoteField
          label={t("console.ask.note")}
          note={note}
          write={setNote}
          placeholder={t("console.ask.note.placeholder")}
        />
        <Problem of={problem} />
        <Buttons
          close={close}
          send={t("console.ask.send")}
          ready={live && chosen !== null && fits(note) && !busy}
        >
          <Keeps of="ask" row={row} />
        </Buttons>
      </form>
    </Dialog>
  );
}
