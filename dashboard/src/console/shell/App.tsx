// The console as a whole: status bar, three panes, what floats above them, and the screens before and after.

import { DatabaseZap, WifiOff } from "lucide";
import { useEffect } from "preact/hooks";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { AlarmCards } from "../alerts/AlarmCards";
import { PausedBar } from "../availability/PausedBar";
import { useDesk } from "../desk/context";
import { ConversationList } from "../list/ConversationList";
import { SidePanel } from "../thread/SidePanel";
import { ThreadPane } from "../thread/ThreadPane";
import { OfferCards } from "../transfer/OfferCards";
import { DialogHost } from "./DialogHost";
import { pressed } from "./keys";
import { Notices } from "./Notices";
import { StatusBar } from "./StatusBar";
import { signInAddress } from "./signIn";

/** The whole console. */
export function App() {
  const desk = useDesk();
  useEffect(() => {
    const listen = (event: KeyboardEvent) => pressed(desk, event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  const { version } = desk.state.value.rows;
  if (desk.connection.value === "stopped" && desk.link.stoppedWith !== null) return <Stopped />;
  if (version === 0) return <Loading />;
  const selected = desk.selected.value !== null;
  const open = selected || desk.offlineOpen.value || desk.callbacksOpen.value;
  const panel = selected && desk.panelOpen.value;
  return (
    <div class={`console${open ? " has-thread" : ""}${panel ? " has-panel" : ""}`}>
      <StatusBar />
      {desk.connection.value === "live" ? <TroubleBar /> : <AwayBar />}
      <PausedBar />
      <AlarmCards />
      <main class="panes">
        <ConversationList />
        <ThreadPane />
        <SidePanel />
      </main>
      <OfferCards />
      <Notices />
      <DialogHost />
    </div>
  );
}

function AwayBar() {
  return (
    <div class="away" role="alert">
      <Icon of={WifiOff} small />
      {t("console.away")}
    </div>
  );
}

/** Shown while nothing can be stored. Sent texts wait in their bubbles. */
function TroubleBar() {
  const trouble = useDesk().trouble.value;
  if (trouble === null) return null;
  return (
    <div class="away is-trouble" role="alert">
      <Icon of={DatabaseZap} small />
      {t(trouble === "read_only" ? "console.trouble.read_only" : "console.trouble.unavailable")}
    </div>
  );
}

function Loading() {
  const desk = useDesk();
  return (
    <div class="console is-loading">
      {desk.connection.value === "away" && <AwayBar />}
      <div class="panes skeleton" role="status">
        <span class="unseen">{t("console.loading")}</span>
        <div class="list">
          {[1, 2, 3, 4].map((each) => (
            <i key={each} class="bone is-row" />
          ))}
        </div>
        <div class="thread" />
      </div>
    </div>
  );
}

const STOPPED: Record<number, string> = {
  4503: "console.stopped.superseded",
  4511: "console.stopped.version",
  4512: "console.stopped.forbidden",
};

/** The sentence for the close code that stopped the connection. */
function stoppedSentence(code: number | null): string {
  return t(STOPPED[code ?? 0] ?? "console.stopped.other");
}

function Stopped() {
  const desk = useDesk();
  return (
    <main class="stopped">
      <h1>{t("console.stopped")}</h1>
      <p role="alert">{stoppedSentence(desk.link.stoppedWith)}</p>
      <p class="dialog-acts">
        <button type="button" class="button is-primary" onClick={() => window.location.reload()}>
          {t("console.stopped.reload")}
        </button>
        <a class="button" href={signInAddress("")}>
          {t("console.stopped.sign_in")}
        </a>
      </p>
    </main>
  );
}
