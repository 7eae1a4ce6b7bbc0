// The choice of a department before the first message: one tap, and the right group gets it.

import type { Named } from "../link/frames";
import { useTexts } from "./texts";

interface DepartmentsProps {
  all: Named[];
  chosen: string;
  /** Something was written but no department chosen. */
  missing: boolean;
  onChoose(id: string): void;
}

export function Departments({ all, chosen, missing, onChoose }: DepartmentsProps) {
  const { t, named } = useTexts();
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
            <span>{named(department)}</span>
          </label>
        ))}
      </div>
      {missing ? (
        <p class="missing" id="department-missing" role="alert">
          {t("start.chooseFirst")}
        </p>
      ) : (
        <p class="hint">{t("start.hint")}</p>
      )}
    </fieldset>
  );
}
