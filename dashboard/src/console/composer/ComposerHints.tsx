// Hints beside the text: that the box stayed a note although a reply is possible now, that the text cannot be sent
// where it was meant to go, that another window has changed it. Each comes with the possible actions; nothing happens
// by itself.

import type { ComponentChildren } from "preact";
import type { Row } from "../../../../widget/src/shared/frames";
import { t } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { useDesk } from "../desk/context";
import { rights } from "../desk/conversationActions";
import { draftOf, emptied, heldDraft, keptMine, type Mode, tookOther } from "./drafts";
import { turn } from "./modeSwitch";

interface Place {
  row: Row;
  mode: Mode;
}

/** `open`: whether text in this mode can be sent. */
export function ComposerHints({ row, mode, open }: Place & { open: boolean }) {
  const desk = useDesk();
  const hasText = draftOf(desk.drafts.value, row.id, mode) !== "";
  const torn = heldDraft(desk.drafts.value, row.id, mode)?.torn ?? false;
  const staysNote = mode === "note" && open && rights(desk, row).reply && !torn;
  return (
    <div class="composer-hints" role="status">
      <Torn row={row} mode={mode} />
      {!open && hasText && <Shut row={row} mode={mode} />}
      {staysNote && <StaysNote row={row} hasText={hasText} />}
      {mode === "reply" && open && !row.visitor_here && <Hint>{t("console.visitor_left")}</Hint>}
    </div>
  );
}

/** The conversation has become mine to answer, but what is written here still goes to colleagues only. */
function StaysNote({ row, hasText }: { row: Row; hasText: boolean }) {
  const desk = useDesk();
  const chosen = desk.stances.value.get(row.id)?.chosen ?? false;
  if (chosen && !hasText) return null;
  return (
    <Hint>
      {!chosen && t("console.note.stays")} <Turn row={row} from="note" to="reply" />
    </Hint>
  );
}

function Turn({ row, from, to }: { row: Row; from: Mode; to: Mode }) {
  const desk = useDesk();
  const torn = heldDraft(desk.drafts.value, row.id, from)?.torn ?? false;
  const off = torn || desk.turning.value.has(row.id);
  return (
    <button type="button" class="link" disabled={off} onClick={() => turn(desk, row.id, from, to)}>
      {t(from === "note" ? "console.note.turn" : "console.reply.turn")}
    </button>
  );
}

/** Says what happens to the text. Why the conversation cannot be written to is in the footer. */
function Shut({ row, mode }: Place) {
  const desk = useDesk();
  const turns = mode === "reply" && rights(desk, row).note;
  return (
    <Hint>
      {t(mode === "reply" ? "console.reply.kept" : "console.note.kept")}{" "}
      {turns && <Turn row={row} from="reply" to="note" />}{" "}
      <button
        type="button"
        class="link"
        onClick={() => {
          desk.drafts.value = emptied(desk.drafts.value, row.id, mode);
        }}
      >
        {t("console.discard")}
      </button>
    </Hint>
  );
}

/** The same writer has two different texts in two windows. */
function Torn({ row, mode }: Place) {
  const desk = useDesk();
  const draft = heldDraft(desk.drafts.value, row.id, mode);
  if (draft === null || !draft.torn) return null;
  const gone = draft.saved.trim() === "";
  const decide = (how: typeof keptMine) => () => {
    desk.drafts.value = how(desk.drafts.value, row.id, mode);
  };
  return (
    <Hint>
      {t(gone ? "console.draft.gone" : "console.draft.changed")}{" "}
      {!gone && (
        <q class="composer-other">
          <UserText text={draft.saved} />
        </q>
      )}{" "}
      <button type="button" class="link" onClick={decide(keptMine)}>
        {t("console.draft.keep")}
      </button>{" "}
      <button type="button" class="link" onClick={decide(tookOther)}>
        {t(gone ? "console.draft.empty" : "console.draft.take")}
      </button>
    </Hint>
  );
}

function Hint({ children }: { children: ComponentChildren }) {
  return <p class="composer-hint">{children}</p>;
}
