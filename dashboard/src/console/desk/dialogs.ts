// The dialogs of the console.

import type { Copy } from "../composer/wrongPatientGuard";

/** The dialog that is open. */
export type OpenDialog =
  | { kind: "transfer"; conversation: string }
  | { kind: "close"; conversation: string }
  | { kind: "wrong_chat"; conversation: string; copy: Copy }
  | { kind: "assign"; conversation: string }
  | { kind: "ask"; conversation: string }
  | { kind: "release"; conversation: string }
  | { kind: "guardian"; conversation: string }
  | { kind: "leave"; to: OffDuty; reason: string }
  | { kind: "hand_over"; to: OffDuty | null; reason: string }
  | { kind: "reason"; availability: "break" | "offline" }
  | { kind: "picture"; url: string; alt: string }
  | { kind: "help" };

/** Where somebody who goes off duty is going. */
export type OffDuty = "break" | "offline" | "sign_out";
