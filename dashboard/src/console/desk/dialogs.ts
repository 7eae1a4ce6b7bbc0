// What may be asked in front of everything else.

import type { Copy } from "../composer/wrongPatientGuard";

/** What is asked in front of everything else. */
export type OpenDialog =
  | { kind: "transfer"; conversation: string }
  | { kind: "close"; conversation: string }
  | { kind: "wrong_chat"; conversation: string; copy: Copy }
  | { kind: "assign"; conversation: string }
  | { kind: "ask"; conversation: string }
  | { kind: "release"; conversation: string }
  | { kind: "leave"; to: OffDuty; reason: string }
  | { kind: "hand_over"; to: OffDuty | null; reason: string }
  | { kind: "reason"; availability: "break" | "offline" }
  | { kind: "help" };

/** Where whoever goes off duty is going. */
export type OffDuty = "break" | "offline" | "sign_out";
