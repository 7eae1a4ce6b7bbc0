// 同意: what the visitor agreed to, and what is locked because of it; the commands that ask for more.

import type { Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../../shared/refusalText";
import { t } from "../../shared/texts";
import { done } from "../desk/commands";
import type { Desk } from "../desk/desk";

/** Where the visitor stands; 未记录 for clients that know nothing of consent. */
export function ConsentBadge({ row }: { row: Row }) {
  return (
    <>
      <span class="badge" title={row.locked ? t(`console.locked.${row.locked}`) : t("console.consent")}>
        {t(`console.consent.${row.consent ?? "unrecorded"}`)}
      </span>
      {isMarked(row, "behalf") && <span class="badge">{t(`console.behalf.${row.behalf}`)}</span>}
      {isMarked(row, "guardian") && <span class="badge">{t(`console.guardian.${row.guardian}`)}</span>}
    </>
  );
}

/** Whether staff have marked it, and not taken it back. */
export function isMarked(row: Row, kind: "behalf" | "guardian"): boolean {
  return Boolean(row[kind]) && (kind === "guardian" || row[kind] !== "withdrawn");
}

/** Asks the visitor for the consent of the person concerned, or of a guardian. */
export function askConsent(desk: Desk, row: Row, kind: "behalf" | "guardian"): Promise<Refusal | null> {
  return done(desk, { type: "consent.set", ref: newRef(), conversation: row.id, kind, decision: "asked" });
}
