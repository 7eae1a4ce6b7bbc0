// 办结: the form with the result of one 留言, or of several at once.

import { useState } from "preact/hooks";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Buttons, NoteField, Problem, useSending } from "../../shared/DialogForm";
import { t } from "../../shared/texts";
import { useDesk, useLive } from "../desk/context";
import { useNoteLimit } from "../desk/noteLimit";
import { RESULTS, type Result, settleAll } from "./offline";

/** The form that settles the 留言 with these ids. */
export function OfflineSettling({ ids, close }: { ids: readonly string[]; close: () => void }) {
  const desk = useDesk();
  const live = useLive();
  const [result, setResult] = useState<Result>("answered");
  const [note, setNote] = useState("");
  const [answer, setAnswer] = useState("");
  const { problem, busy, send } = useSending(close);
  const fits = useNoteLimit();
  const several = ids.length > 1;
  return (
    <form
      class="offline-settling"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits(note)) void send(() => settleAll(desk, ids, result, asSent(note), asSent(answer)));
      }}
    >
      <fieldset class="outcomes is-reasons">
        <legend>{t("console.offline.result")}</legend>
        {RESULTS.map((each) => (
          <label key={each} class={`outcome${result === each ? " is-chosen" : ""}`}>
            <input
              type="radio"
              name={`result-${ids[0]}`}
              checked={result === each}
              onChange={() => setResult(each)}
            />
            {t(`console.offline.result.${each}`)}
          </label>
        ))}
      </fieldset>
      <NoteField
        label={t("console.offline.note")}
        note={note}
        write={setNote}
        placeholder={t("console.offline.note.placeholder")}
      />
      <NoteField
        label={t("console.offline.answer")}
        note={answer}
        write={setAnswer}
        placeholder={t("console.offline.answer.placeholder")}
        required={false}
      />
      <Problem of={problem} />
      <Buttons
        close={close}
        send={t(several ? "console.offline.settle.several" : "console.offline.settle", { n: ids.length })}
        ready={live && fits(note) && (answer === "" || fits(answer)) && !busy}
      />
    </form>
  );
}
