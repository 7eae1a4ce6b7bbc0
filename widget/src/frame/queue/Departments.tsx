// Lets the visitor say before the first message which department it is about. One tap chooses, a second one takes it
// back. The choice is optional.

import type { DepartmentHours, Named } from "../../shared/frames";
import { allClosed, serviceOf } from "../chat/hours";
import { useTexts } from "../texts";

interface DepartmentsProps {
  all: Named[];
  hours: DepartmentHours[];
  chosen: string;
  /** What to do next; empty where the text below says it. */
  hint: string;
  onChoose(id: string): void;
}

/** The departments of the site as buttons. */
export function Departments({ all, hours, chosen, hint, onChoose }: DepartmentsProps) {
  const { t, named } = useTexts();
  // When all are closed, the line above says so once.
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
              // A click on the chosen one fires no change event.
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
