// The part of the connection that the console uses.

import type { StaffFrame, StaffServerFrame } from "../../../../widget/src/shared/frames";
import type { Link } from "../../../../widget/src/shared/link/link";

export type DeskLink = Pick<
  Link<StaffFrame, StaffServerFrame>,
  | "state"
  | "stoppedWith"
  | "start"
  | "stop"
  | "trouble"
  | "onState"
  | "onTrouble"
  | "onFrame"
  | "onReset"
  | "onGone"
  | "request"
  | "tell"
  | "forget"
  | "serverNow"
>;
