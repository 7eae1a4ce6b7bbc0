// 状态栏: my availability, my load, what waits, and whether the connection works.

import { Bell, BellOff, WifiOff } from "lucide";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { allowNotifications, canAskForNotifications } from "../alerts/alerts";
import { muted, play } from "../alerts/sound";
import { AvailabilityMenu } from "../availability/AvailabilityMenu";
import { ShiftFact } from "../availability/ShiftFact";
import { CallbackFact } from "../callbacks/CallbackFact";
import { useDesk } from "../desk/context";
import { clockText } from "../list/clocks";
import { OfflineFact } from "../offline/OfflineFact";
import { Load } from "../transfer/Load";
import { AccountMenu } from "./AccountMenu";

/** The bar at the top of the console. */
export function StatusBar() {
  return (
    <header class="status">
      <h1 class="unseen">{t("console.title")}</h1>
      <AvailabilityMenu />
      <ShiftFact />
      <MyLoad />
      <Queue />
      <OfflineFact />
      <CallbackFact />
      <Connection />
      <div class="status-own">
        <SoundMenu />
        <AccountMenu />
      </div>
    </header>
  );
}

function MyLoad() {
  const desk = useDesk();
  const me = desk.me.value;
  if (me === null) return null;
  const inactive = desk.mine.value.filter((row) => row.inactive).length;
  const full = me.load >= me.capacity;
  return (
    <span
      class={`status-fact${full ? " is-full" : ""}`}
      title={full ? t("console.load.full") : t("console.load.means")}
    >
      {t("console.load")} <Load load={me.load} capacity={me.capacity} />
      {inactive > 0 && <small>{t("console.load.inactive", { n: inactive })}</small>}
    </span>
  );
}

function Queue() {
  const desk = useDesk();
  const waiting = desk.queued.value;
  const oldest = Math.min(...waiting.map((row) => row.queued_at));
  return (
    <span class="status-fact">
      {t("console.queue")} <b class="figures">{waiting.length}</b>
      {waiting.length > 0 && (
        <span class="status-longest figures">
          {t("console.queue.longest", { wait: clockText(desk.now.value - oldest) })}
        </span>
      )}
    </span>
  );
}

function Connection() {
  const desk = useDesk();
  const live = desk.connection.value === "live";
  return (
    <span
      class={`connection${live ? " is-live" : ""}`}
      role="status"
      title={t(live ? "console.live" : "console.away")}
    >
      {live ? <span class="dot is-online is-small" /> : <Icon of={WifiOff} small />}
      <span class="connection-text">{t(live ? "console.live" : "console.away.short")}</span>
    </span>
  );
}

function SoundMenu() {
  const off = muted.value;
  return (
    <div class="sound">
      {canAskForNotifications.value && (
        <button type="button" class="button is-small sound-ask" onClick={() => void allowNotifications()}>
          {t("console.notify.allow")}
        </button>
      )}
      <button
        type="button"
        class="button is-icon"
        aria-pressed={!off}
        aria-label={t("console.sound")}
        title={t(off ? "console.sound.off" : "console.sound.on")}
        onClick={() => {
          muted.value = !off;
          if (off) play("message");
        }}
      >
        <Icon of={off ? BellOff : Bell} />
      </button>
    </div>
  );
}
