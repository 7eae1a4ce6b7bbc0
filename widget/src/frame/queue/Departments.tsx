// A hint before the first message, of which department it is about: one tap chooses, a second one takes it back. Nothing
// has to be chosen.

import type { DepartmentHours, Named } from "../../shared/frames";
import { allClosed, serviceOf } from "../chat/hours";
import { useTexts } from "../texts";

interface DepartmentsProps {
  all: Named[];
  hours: DepartmentHours[];
  chosen: string;
  /** What to do next; empty where what stands below says it. */
  hint: string;
  onChoose(id: string): void;
}

export function Departments({ all, hours, chosen, hint, onChoose }: DepartmentsProps) {
  const { t, named } = useTexts();
  // Where all are closed that is said above, once.
  const isMarked = (id: string) => !allClosed(hours) && serviceOf(hours, id) === "closed";
  return (
    <fieldset class="departments">
      <legend>{t("start.department")}</legend>
      <div class="chips">
        {all.map((department) => (
          <label key={department.id} class="chip">
            <input
              type="radio"
              name="department"
              value={department.id}
              checked={department.id === chosen}
              // A click on the one that is chosen changes nothing by itself.
              onClick={() => department.id === chosen && onChoose("")}
              onChange={() => onChoose(department.id)}
            />
            <span>
              {named(department)}
              {isMarked(department.id) && <small>{t("start.closed")}</small>}
            </span>
          </label>
        ))}
      </div>
      {hint !== "" && <p class="hint">{hint}</p>}
    </fieldset>
  );
}
