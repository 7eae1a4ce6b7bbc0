// Starts the console: reads the values in the page, opens the connection, draws. It contains no state and no rules.

import "./console.css";
import { effect } from "@preact/signals";
import type { StaffFrame, StaffServerFrame } from "../../../widget/src/shared/frames";
import { VERSION } from "../../../widget/src/shared/frames";
import { Link } from "../../../widget/src/shared/link/link";
import { tellZone } from "../../../widget/src/shared/zone";
import { Desk } from "./desk/desk";
import { mount } from "./shell/mount";
import { SIGN_IN_AGAIN, signInAddress } from "./shell/signIn";

interface Boot {
  language: "zh" | "en";
  version: string;
  title: string;
  /** The hospital's time zone, such as Asia/Shanghai. */
  zone: string;
}

/** Twice the server's ping interval of 8 s, and a little more. */
const SILENCE_MS = 18_000;

const boot: Boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
tellZone(boot.zone);

const link = new Link<StaffFrame, StaffServerFrame>({
  url: `${window.location.origin.replace(/^http/, "ws")}/ws/staff`,
  hello: (resume, instance) => ({
    type: "hello",
    version: VERSION,
    client: { name: "console", version: boot.version },
    resume,
    instance,
  }),
  silenceMs: SILENCE_MS,
  store: null,
});

const desk = new Desk(link);
effect(() => {
  const code = desk.connection.value === "stopped" ? link.stoppedWith : null;
  if (code !== null && SIGN_IN_AGAIN.includes(code))
    window.location.assign(signInAddress(link.stoppedReason));
});
if (root !== null) mount(desk, root, boot.language);
link.start();
