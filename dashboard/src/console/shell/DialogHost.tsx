// Shows the open dialog. Three of them are here: the outcome at the end, a text that may go to the wrong patient, and
// the keys.

import { useState } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { Dialog } from "../../shared/Dialog";
import { refusalSentence } from "../../shared/refusalText";
import { t, visitorName } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { ReasonDialog } from "../availability/AvailabilityMenu";
import { OffDutyDialog } from "../availability/OffDutyDialog";
import { send } from "../composer/sending";
import { useDesk } from "../desk/context";
import { end, OUTCOMES, type Outcome } from "../desk/conversationActions";
import type { OpenDialog } from "../desk/dialogs";
import { PictureDialog } from "../files/FileBubble";
import { GuardianDialog } from "../thread/GuardianDialog";
import { AskDialog } from "../transfer/AskDialog";
import { AssignDialog } from "../transfer/AssignDialog";
import { HandOverDialog } from "../transfer/HandOverDialog";
import { ReleaseDialog } from "../transfer/ReleaseDialog";
import { TransferDialog } from "../transfer/TransferDialog";
import { SHORTCUTS } from "./keys";

/** The dialog that is open, if any. */
export function DialogHost() {
  const desk = useDesk();
  const dialog = desk.dialog.value;
  const close = () => {
    desk.dialog.value = null;
  };
  if (dialog === null) return null;
  if (dialog.kind === "help") return <Help close={close} />;
  if (dialog.kind === "reason") return <ReasonDialog to={dialog.availability} close={close} />;
  if (dialog.kind === "leave") return <OffDutyDialog to={dialog.to} reason={dialog.reason} close={close} />;
  if (dialog.kind === "hand_over")
    return <HandOverDialog to={dialog.to} reason={dialog.reason} close={close} />;
  if (dialog.kind === "picture") return <PictureDialog url={dialog.url} alt={dialog.alt} close={close} />;
  const row = desk.row(dialog.conversation);
  if (row === null) return null;
  if (dialog.kind === "transfer") return <TransferDialog row={row} close={close} />;
  if (dialog.kind === "assign") return <AssignDialog row={row} close={close} />;
  if (dialog.kind === "ask") return <AskDialog row={row} close={close} />;
  if (dialog.kind === "release") return <ReleaseDialog row={row} close={close} />;
  if (dialog.kind === "guardian") return <GuardianDialog row={row} close={close} />;
  if (dialog.kind === "close") return <End row={row} close={close} />;
  return <WrongChat row={row} copy={dialog.copy} close={close} />;
}

function End({ row, close }: { row: Row; close: () => void }) {
  const desk = useDesk();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const unanswered = (desk.row(row.id) ?? row).unanswered_since != null;
  async function submit(event: Event) {
    event.preventDefault();
    if (outcome === null || (unanswered && !sure)) return;
    const refusal = await end(desk, desk.row(row.id) ?? row, outcome);
    if (refusal === null) close();
    else setProblem(refusalSentence(refusal));
  }
  return (
    <Dialog title={t("console.end.title", { visitor: visitorName(row) })} close={close}>
      <form onSubmit={submit}>
        <Outcomes chosen={outcome} choose={setOutcome} />
        {unanswered && (
          <label class="confirm">
            <input type="checkbox" checked={sure} onChange={() => setSure(!sure)} />
            {t("console.end.unanswered")}
          </label>
        )}
        {problem !== null && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <p class="dialog-acts">
          <button type="button" class="button" onClick={close}>
            {t("console.cancel")}
          </button>
          <button
            type="submit"
            class="button is-primary"
            disabled={outcome === null || (unanswered && !sure)}
          >
            {t("console.end")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

function Outcomes({ chosen, choose }: { chosen: Outcome | null; choose: (outcome: Outcome) => void }) {
  return (
    <fieldset class="outcomes">
      <legend>{t("console.end.choose")}</legend>
      {OUTCOMES.map((each, place) => (
        <label key={each} class={`outcome${chosen === each ? " is-chosen" : ""}`}>
          <input
            type="radio"
            name="outcome"
            data-first={place === 0 ? "" : undefined}
            checked={chosen === each}
            onChange={() => choose(each)}
          />
          {t(`outcome.${each}`)}
        </label>
      ))}
    </fieldset>
  );
}

function WrongChat({
  row,
  copy,
  close,
}: {
  row: Row;
  copy: Extract<OpenDialog, { kind: "wrong_chat" }>["copy"];
  close: () => void;
}) {
  const desk = useDesk();
  const from = visitorName({ ...row, label: copy.label });
  return (
    <Dialog title={t("console.wrong_chat.title")} close={close}>
      <p>{t("console.wrong_chat.text", { from, to: visitorName(row) })}</p>
      <blockquote class="quoted">
        <UserText text={copy.text} />
      </blockquote>
      <p class="dialog-acts">
        <button
          type="button"
          class="button"
          onClick={() => {
            close();
            send(desk, row.id, "reply", { sure: true });
          }}
        >
          {t("console.wrong_chat.send", { to: visitorName(row) })}
        </button>
        <button type="button" class="button is-primary" data-first="" onClick={close}>
          {t("console.wrong_chat.back")}
        </button>
      </p>
    </Dialog>
  );
}

function Help({ close }: { close: () => void }) {
  return (
    <Dialog title={t("console.keys")} close={close}>
      <table class="keys">
        <tbody>
          {SHORTCUTS.map(({ shown, means }) => (
            <tr key={means}>
              <th scope="row">{t(means)}</th>
              <td>
                {shown.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
