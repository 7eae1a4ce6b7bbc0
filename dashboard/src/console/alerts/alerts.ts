// Gets the attention of a consultant who looks elsewhere: tones, the tab's title, and a notification that never
// contains a patient's words, because others see this screen too.

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Alarm, Row, StaffServerFrame } from "../../../../widget/src/shared/frames";
import { t } from "../../shared/texts";
import type { Desk } from "../desk/desk";
import { answers } from "../desk/state";
import { newlyMine } from "../offline/offline";
import { isVisitorMessage } from "../thread/thread";
import { calls, type Rung, sounding } from "./alarms";
import { type Heard, overdue } from "./overdue";
import { play } from "./sound";

const RING_AGAIN_MS = 5_000;

export const canAskForNotifications = signal(
  "Notification" in window && Notification.permission === "default",
);

/** Asks the browser for the permission to show notifications. */
export async function allowNotifications(): Promise<void> {
  await Notification.requestPermission();
  canAskForNotifications.value = Notification.permission === "default";
}

/** Starts the alerts; they run as long as the tab exists. */
export function watch(desk: Desk): void {
  const live = computed(() => desk.connection.value === "live");
  // Expired offers do not alert, nor do offers while the server is unreachable, since nobody could act on them.
  const offered = computed(() =>
    [...desk.state.value.rows.items.values()].filter(
      (row) => live.value && row.offer?.mine && row.offer.ends_at > desk.now.value,
    ),
  );
  desk.link.onFrame((frame) => soften(desk, frame));
  effect(() => ring(offered.value));
  tellNewWork(desk);
  let heard: Heard = new Map();
  effect(() => {
    const clocks = desk.state.value.welcome?.clocks;
    if (clocks === undefined || !live.value) return;
    const due = overdue(heard, desk.mine.value, clocks, desk.now.value);
    heard = due.heard;
    if (due.sounds) untracked(() => play("overdue"));
  });
  const loud = computed(() =>
    live.value ? desk.state.value.alarms.filter((alarm) => calls(alarm, desk.now.value)) : [],
  );
  soundAlarms(desk, loud);
  effect(() => {
    const work = offered.value.length + desk.arrived.value.length;
    const call = loud.value.length > 0 ? "console.title.alarm" : work > 0 ? "console.title.offer" : null;
    // The tick of the clock makes the title flash while there is something to do.
    const flash = call !== null && Math.floor(desk.now.value / 1000) % 2 === 0;
    document.title = flash ? t(call) : title(desk.unreadTotal.value);
  });
  let called = 0;
  effect(() => {
    const work = offered.value.length + desk.arrived.value.length;
    if (work > called && document.hidden) notify("console.notify.new");
    called = work;
  });
}

/** Plays a tone until each alarm is acknowledged, and in a hidden tab shows one notification for each new alarm. */
function soundAlarms(desk: Desk, loud: ReadonlySignal<readonly Alarm[]>): void {
  let rung: Rung = new Map();
  effect(() => {
    const { rung: after, tone } = sounding(rung, loud.value, desk.now.value);
    const isNew = [...after.keys()].some((key) => !rung.has(key));
    rung = after;
    if (tone !== null) untracked(() => play(tone));
    if (isNew && document.hidden) untracked(() => notify("console.notify.alarm"));
  });
}

/** Plays a tone for a conversation that was assigned to me, and for a 留言 that became mine to answer. */
function tellNewWork(desk: Desk): void {
  effect(() => {
    if (desk.given.value.length > 0) untracked(() => play("arrival"));
  });
  let before = desk.state.peek().offline;
  effect(() => {
    const { offline, me } = desk.state.value;
    const mine = me === null ? [] : newlyMine(before, offline, me.id);
    before = offline;
    const unasked = mine.filter(({ id }) => !desk.expected.delete(id));
    if (unasked.length === 0) return;
    untracked(() => {
      play("arrival");
      desk.notices.tell("info", () => t("console.offline.yours", { n: unasked.length }));
    });
  });
}

function title(unread: number): string {
  return unread > 0 ? t("console.title.unread", { n: unread }) : t("console.title");
}

let ringing: number | undefined;
let ringsFor: string | undefined;

function ring(offered: readonly Row[]): void {
  const first = offered[0];
  if (first?.offer?.id === ringsFor) return;
  window.clearInterval(ringing);
  ringsFor = first?.offer?.id;
  if (first === undefined) return;
  const tone = first.offer?.kind === "transfer" ? "transfer" : "ring";
  const sound = () => untracked(() => play(tone));
  sound();
  ringing = window.setInterval(sound, RING_AGAIN_MS);
}

/** Plays a soft tone for a visitor's new message in a conversation that I answer, unless I am looking at it. */
function soften(desk: Desk, frame: StaffServerFrame): void {
  if (frame.type !== "entry" || !isVisitorMessage(frame)) return;
  const me = desk.me.value;
  const row = desk.row(frame.conversation);
  const looking = desk.selected.value === frame.conversation && !document.hidden;
  if (me === null || row === null || !answers(row, me) || looking) return;
  if (desk.state.value.threads.get(frame.conversation)?.live) play("message");
}

function notify(text: "console.notify.new" | "console.notify.alarm"): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification(t(text), { tag: text, silent: true });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
}
