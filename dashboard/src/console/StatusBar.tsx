// 状态栏: how I stand, what I hold, what waits, whether the connection is there.

import { Bell, BellOff, WifiOff } from "lucide";
import { AccountMenu } from "./AccountMenu";
import { allowNotifications, canAskForNotifications } from "./alerts";
import { clockText } from "./clocks";
import { useConsole } from "./context";
import { AVAILABILITIES, type Availability, setAvailability } from "./giving";
import { Icon } from "./Icon";
import { Menu } from "./Menu";
import { muted, play } from "./sound";
import { t } from "./texts";

export function StatusBar() {
  return (
    <header class="status">
      <h1 class="unseen">{t("console.title")}</h1>
      <AvailabilityMenu />
      <Load />
      <Queue />
      <Connection />
      <span class="status-space" />
      <SoundMenu />
      <AccountMenu />
    </header>
  );
}

function AvailabilityMenu() {
  const console = useConsole();
  const me = console.me.value;
  if (me === null) return null;
  const word = t(`console.availability.${me.availability}`);
  const choose = async (availability: Availability) => {
    const refusal = await setAvailability(console, availability);
    if (refusal !== null) console.problem(refusal);
  };
  return (
    <>
      <Menu
        label={t("console.availability.label", { now: word })}
        class="availability"
        shows={
          <>
            <span class={`dot is-${me.availability}`} />
            {word}
          </>
        }
      >
        {(close) =>
          AVAILABILITIES.map((each) => (
            <Choice
              key={each}
              availability={each}
              choose={() => {
                close();
                void choose(each);
              }}
            />
          ))
        }
      </Menu>
      {me.availability === "paused" && <Paused misses={me.misses ?? 0} back={() => void choose("online")} />}
    </>
  );
}

function Choice({ availability, choose }: { availability: Availability; choose: () => void }) {
  const console = useConsole();
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={availability === console.me.value?.availability}
      class="menu-item"
      disabled={console.connection.value !== "live"}
      onClick={choose}
    >
      <span class={`dot is-${availability}`} />
      <span>
        {t(`console.availability.${availability}`)}
        <small>{t(`console.availability.${availability}.means`)}</small>
      </span>
    </button>
  );
}

/** The system has stopped giving him anything: why, and the way back in one click. */
function Paused({ misses, back }: { misses: number; back: () => void }) {
  const live = useConsole().connection.value === "live";
  return (
    <div class="paused" role="alert">
      <span>{t("console.paused", { n: misses })}</span>
      <button type="button" class="button is-small" disabled={!live} onClick={back}>
        {t("console.paused.back")}
      </button>
    </div>
  );
}

function Load() {
  const me = useConsole().me.value;
  if (me === null) return null;
  const full = me.load >= me.capacity;
  return (
    <span
      class={`status-fact${full ? " is-full" : ""}`}
      title={full ? t("console.load.full") : t("console.load.means")}
    >
      {t("console.load")} <b class="figures">{`${me.load}/${me.capacity}`}</b>
    </span>
  );
}

function Queue() {
  const console = useConsole();
  const waiting = [...console.desk.value.rows.items.values()].filter((row) => row.state === "waiting");
  const oldest = Math.min(...waiting.map((row) => row.queued_at));
  return (
    <span class="status-fact">
      {t("console.queue")} <b class="figures">{waiting.length}</b>
      {waiting.length > 0 && (
        <span class="status-longest figures">
          {t("console.queue.longest", { wait: clockText(console.now.value - oldest) })}
        </span>
      )}
    </span>
  );
}

function Connection() {
  const console = useConsole();
  const live = console.connection.value === "live";
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
