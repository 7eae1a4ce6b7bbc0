// Asks a consultant who leaves what to do with their conversations: transfer them, release them, or finish them first.

import type { IconNode } from "lucide";
import { ArrowRightLeft, Hourglass, Undo2 } from "lucide";
import { useState } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Dialog } from "../../shared/Dialog";
import { Buttons, NoteField } from "../../shared/DialogForm";
import { Icon } from "../../shared/Icon";
import { type Refusal, refusalSentence } from "../../shared/refusalText";
import { t, visitorName } from "../../shared/texts";
import { useDesk, useLive } from "../desk/context";
import type { OffDuty } from "../desk/dialogs";
import { useNoteLimit } from "../desk/noteLimit";
import { finishFirst, goNow, releaseAll } from "./goOffDuty";

interface Props {
  to: OffDuty;
  reason: string;
  close: () => void;
}

/** The question what to do with open conversations. */
export function OffDutyDialog({ to, reason, close }: Props) {
  const desk = useDesk();
  const [releasing, setReleasing] = useState(false);
  const n = desk.mine.value.length;
  const inactive = desk.mine.value.filter((row) => row.inactive).length;
  return (
    <Dialog title={t(`console.leave.title.${to}`)} close={close}>
      <p class="dialog-lead">
        {t("console.leave.open", { n })}
        {inactive > 0 && <small>{t("console.leave.open.inactive", { n: inactive })}</small>}
      </p>
      {releasing ? (
        <Releasing to={to} reason={reason} close={close} back={() => setReleasing(false)} />
      ) : (
        <div class="ways">
          <Way
            icon={ArrowRightLeft}
            name="hand_over"
            act={() => {
              desk.handed.value = [];
              desk.dialog.value = { kind: "hand_over", to, reason };
            }}
          />
          <Way icon={Undo2} name="release" act={() => setReleasing(true)} />
          <Way
            icon={Hourglass}
            name="finish"
            act={() => {
              close();
              void finishFirst(desk);
            }}
          />
          <p class="dialog-acts">
            <button type="button" class="button" data-first="" onClick={close}>
              {t("console.cancel")}
            </button>
          </p>
        </div>
      )}
    </Dialog>
  );
}

function Way({ icon, name, act }: { icon: IconNode; name: string; act: () => void }) {
  const live = useLive();
  return (
    <button type="button" class="way" disabled={!live} onClick={act}>
      <Icon of={icon} />
      <span>
        {t(`console.leave.${name}`)}
        <small>{t(`console.leave.${name}.means`)}</small>
      </span>
    </button>
  );
}

function Releasing({ to, reason, close, back }: Props & { back: () => void }) {
  const desk = useDesk();
  const live = useLive();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<readonly (readonly [Row, Refusal])[]>([]);
  const fits = useNoteLimit();
  async function submit(event: Event) {
    event.preventDefault();
    if (!fits(note) || busy) return;
    setBusy(true);
    const left = await releaseAll(desk, desk.mine.value, asSent(note));
    setBusy(false);
    setRefused(left);
    if (left.length > 0) return;
    close();
    await goNow(desk, to, reason);
  }
  return (
    <form onSubmit={submit}>
      <NoteField
        label={t("console.release.note")}
        note={note}
        write={setNote}
        placeholder={t("console.release.note.placeholder")}
      />
      {refused.map(([row, refusal]) => (
        <p class="problem" role="alert" key={row.id}>
          {t("console.about", { visitor: visitorName(row), what: refusalSentence(refusal) })}
        </p>
      ))}
      <Buttons close={back} send={t("console.leave.release")} ready={live && fits(note) && !busy} />
    </form>
  );
}
