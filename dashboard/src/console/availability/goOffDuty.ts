// Leaving the desk: for a break, for today, or signing out. Somebody who still has conversations is asked first what to
// do with them.

import type { Row } from "../../../../widget/src/shared/frames";
import type { Refusal } from "../../shared/refusalText";
import { doneOrTold } from "../desk/commands";
import { release, setAvailability } from "../desk/conversationActions";
import type { Desk } from "../desk/desk";
import type { OffDuty } from "../desk/dialogs";

/** Goes off duty, or asks first when I still have conversations. */
export function goOffDuty(desk: Desk, to: OffDuty, reason = ""): void {
  if (desk.mine.value.length > 0) desk.dialog.value = { kind: "leave", to, reason };
  else void goNow(desk, to, reason);
}

/** Goes off duty without asking. */
export async function goNow(desk: Desk, to: OffDuty, reason: string): Promise<void> {
  if (to === "sign_out") signOut(desk);
  else await doneOrTold(desk, setAvailability(desk, to, reason));
}

/** 我先答完: no new conversations except transfers; open ones are answered to their end. */
export function finishFirst(desk: Desk): Promise<boolean> {
  return doneOrTold(desk, setAvailability(desk, "busy"));
}

/** 退回排队 for all, with the same note. Resolves with the rows that were refused, each with the refusal. */
export async function releaseAll(desk: Desk, rows: readonly Row[], note: string) {
  const answers = await Promise.all(
    rows.map(async (row) => [row, await release(desk, desk.row(row.id) ?? row, note)] as const),
  );
  return answers.filter((pair): pair is readonly [Row, Refusal] => pair[1] !== null);
}

/**
 * Signs out. For conversations that are still mine the server does the same as after a lost connection: they return to
 * the queue after the grace period.
 */
export function signOut(desk: Desk): void {
  desk.link.tell({ type: "bye" });
  desk.link.stop();
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/sign-out";
  document.body.append(form);
  form.submit();
}
