// Leaving the desk: for a while, for today, or signing out. Whoever still holds conversations is asked first what shall
// become of them.

import type { Row } from "../../../../widget/src/shared/frames";
import type { Refusal } from "../composer/outbox";
import { doneOrTold } from "../desk/commands";
import type { Console } from "../desk/console";
import { release, setAvailability } from "../desk/giving";
import type { Leaving } from "../desk/matters";

export function leaveDesk(console: Console, to: Leaving, reason = ""): void {
  if (console.mine.value.length > 0) console.question.value = { kind: "leave", to, reason };
  else void goNow(console, to, reason);
}

/** Whatever is held. */
export async function goNow(console: Console, to: Leaving, reason: string): Promise<void> {
  if (to === "sign_out") signOut(console);
  else await doneOrTold(console, setAvailability(console, to, reason));
}

/** 我先答完: nothing new comes, transfers only; what is held is answered to its end. */
export function finishFirst(console: Console): Promise<boolean> {
  return doneOrTold(console, setAvailability(console, "busy"));
}

/** 退回排队, each with the same note. The ones that were refused, each with why. */
export async function releaseAll(console: Console, rows: readonly Row[], note: string) {
  const answers = await Promise.all(
    rows.map(async (row) => [row, await release(console, console.row(row.id) ?? row, note)] as const),
  );
  return answers.filter((pair): pair is readonly [Row, Refusal] => pair[1] !== null);
}

/** Presence ends at once; what was held goes to the head of the queue. */
export function signOut(console: Console): void {
  console.link.tell({ type: "bye" });
  console.link.stop();
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/sign-out";
  document.body.append(form);
  form.submit();
}
