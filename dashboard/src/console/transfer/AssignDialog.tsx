// 指派: a supervisor assigns a waiting conversation manually. Beyond that person's capacity the dialog asks once more.

import { useState } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { Dialog } from "../../shared/Dialog";
import { Buttons, Problem, useSending } from "../../shared/DialogForm";
import { t, visitorName } from "../../shared/texts";
import { useDesk, useLive } from "../desk/context";
import { assign } from "../desk/supervisorActions";
import type { Target } from "./handed";
import { ColleaguePicker } from "./Picker";

/** The dialog that assigns a conversation. */
export function AssignDialog({ row, close }: { row: Row; close: () => void }) {
  const desk = useDesk();
  const live = useLive();
  const [target, setTarget] = useState<Target | null>(null);
  const { problem, busy, send, forget } = useSending(close);
  const chosen = target !== null && "consultant" in target ? target.consultant : null;
  const full = problem?.code === "no_room";
  const name = desk.state.value.colleagues.items.get(chosen ?? "")?.name ?? "";
  function submit(event: Event) {
    event.preventDefault();
    if (chosen !== null) void send(() => assign(desk, desk.row(row.id) ?? row, chosen, full));
  }
  return (
    <Dialog title={t("console.assign.title", { visitor: visitorName(row) })} close={close} wide>
      <form onSubmit={submit}>
        <ColleaguePicker
          purpose="assign"
          owner={null}
          target={target}
          choose={(each) => {
            forget();
            setTarget(each);
          }}
        />
        {full ? (
          <p class="asks-again" role="alert">
            {t("console.assign.full", { name, ...problem.details })}
          </p>
        ) : (
          <Problem of={problem} />
        )}
        <Buttons
          close={close}
          send={t(full ? "console.assign.above" : "console.assign")}
          ready={live && chosen !== null && !busy}
        />
      </form>
    </Dialog>
  );
}
