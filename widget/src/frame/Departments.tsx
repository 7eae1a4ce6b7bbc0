// The choice of a department before the first message: one tap, and the right group gets it.

import type { DepartmentHours, Named } from "../link/frames";
import { allClosed, serviceOf } from "./hours";
import { useTexts } from "./texts";

interface DepartmentsProps {
  all: Named[];
  hours: DepartmentHours[];
  chosen: string;
  /** Something was written but no department chosen. */
  missing: boolean;
  /** What to do next; empty where what stands below says it. */
  hint: string;
  onChoose(id: string): void;
}

export function Departments({ all, hours, chosen, missing, hint, onChoose }: DepartmentsProps) {
  const { t, named } = useTexts();
  // Where all are closed that is said above, once.
  const isMarked = (id: string) => !allClosed(hours) && serviceOf(hours, id) === "closed";
  return (
    <fieldset class="departments" aria-describedby={missing ? "department-missing" : undefined}>
      <legend>{t("start.department")}</legend>
      <div class="chips">
        {all.map((department) => (
          <label key={department.id} class="chip">
            <input
              type="radio"
              name="department"
              value={department.id}
              checked={department.id === chosen}
              onChange={() => onChoose(department.id)}
            />
            <span>
              {named(department)}
              {isMarked(department.id) && <small>{t("start.closed")}</small>}
            </span>
          </label>
        ))}
      </div>
      {missing ? (
        <p class="missing" id="department-missing" role="alert">
          {t("start.chooseFirst")}
        </p>
      ) : (
        hint !== "" && <p class="hint">{hint}</p>
      )}
    </fieldset>
  );
}
