// 请监护人同意: asks once more before the visitor is asked, because an adult could not say that they are no child.

import type { Row } from "../../../../widget/src/shared/frames";
import { Dialog } from "../../shared/Dialog";
import { Buttons, Problem, useSending } from "../../shared/DialogForm";
import { t } from "../../shared/texts";
import { useDesk, useLive } from "../desk/context";
import { askConsent } from "./Consent";

/** The dialog before a guardian's consent is asked for. */
export function GuardianDialog({ row, close }: { row: Row; close: () => void }) {
  const desk = useDesk();
  const live = useLive();
  const { problem, busy, send } = useSending(close);
  function submit(event: Event) {
    event.preventDefault();
    void send(() => askConsent(desk, row, "guardian"));
  }
  return (
    <Dialog title={t("console.mark.guardian.sure")} close={close}>
      <form onSubmit={submit}>
        <p class="dialog-lead">{t("console.mark.guardian.means")}</p>
        <Problem of={problem} />
        <Buttons close={close} send={t("console.mark.guardian.send")} ready={live && !busy} />
      </form>
    </Dialog>
  );
}
