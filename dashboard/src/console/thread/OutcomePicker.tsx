// The outcome of an ended conversation: one press sets it, another corrects it. A conversation that the visitor or the
// system ended has no outcome yet; it stays in the list until it has one.

import { useEffect, useState } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { OUTCOMES, type Outcome, setOutcome } from "../desk/conversationActions";

/** The buttons with the possible outcomes. */
export function OutcomePicker({ row }: { row: Row }) {
  const desk = useDesk();
  const [changing, setChanging] = useState(false);
  /** The pressed outcome, until the row shows it too. */
  const [pressed, setPressed] = useState<Outcome | null>(null);
  useEffect(() => setPressed(null), [row.outcome]);
  const outcome = pressed ?? row.outcome;
  if (outcome && !changing)
    return (
      <div class="outcome-set">
        <p>{t("console.outcome.is", { outcome: t(`outcome.${outcome}`) })}</p>
        <button type="button" class="link" onClick={() => setChanging(true)}>
          {t("console.outcome.change")}
        </button>
      </div>
    );
  const choose = async (chosen: Outcome) => {
    setChanging(false);
    if (chosen === row.outcome) return;
    setPressed(chosen);
    const refusal = await setOutcome(desk, row, chosen);
    if (refusal === null) return;
    setPressed(null);
    desk.notices.problem(refusal);
  };
  return (
    <fieldset class="outcome-picker" disabled={desk.connection.value !== "live"}>
      <legend>{t("console.end.choose")}</legend>
      {OUTCOMES.map((each) => (
        <button
          key={each}
          type="button"
          class="button is-small"
          aria-pressed={each === row.outcome}
          onClick={() => void choose(each)}
        >
          {t(`outcome.${each}`)}
        </button>
      ))}
    </fieldset>
  );
}
