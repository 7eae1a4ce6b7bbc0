// The visitor's screen: puts the parts together and keeps the state that only the screen needs.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ConsentSent } from "../shared/frames";
import { asSent } from "../shared/messageText";
import { fetchCallback } from "./callback/fetchCallback";
import type { Chat } from "./chat/chat";
import { allClosed } from "./chat/hours";
import { isAloneInAnEmergency, isOpen, isOpening, needsDepartment, unread } from "./chat/selectors";
import type { Pending } from "./chat/state";
import { Composer } from "./composer/Composer";
import { ConnectionLine } from "./composer/ConnectionLine";
import { fetchConsent } from "./consent/fetchConsent";
import { NoticeLine } from "./consent/NoticeLine";
import { agreement, noticeDue } from "./consent/notice";
import { useMode } from "./elder/mode";
import { fetchLookout } from "./emergency/words";
import { Header, Safety } from "./header/Header";
import { useChat, useVisibleHeight } from "./hooks";
import type { Host } from "./host";
import { useLater } from "./later";
import { fetchMore } from "./leaving/fetchMore";
import type { Step } from "./leaving/More";
import {
  beginningOf,
  fetchEnding,
  fetchFiles,
  fetchOfflinePane,
  fetchStart,
  useDepartment,
  useHost,
  useVisit,
} from "./screenHooks";
import type { Talk } from "./talk/fetchTalk";
import { useTexts } from "./texts";
import { Transcript } from "./transcript/Transcript";
import { viewOf } from "./view";

interface ScreenProps {
  chat: Chat;
  /** Null until it is fetched. */
  talk: Talk | null;
  host: Host;
  /** The page has minimised the chat. */
  onAway(): void;
  /** The department of the page that embeds the chat. */
  suggested: string | null;
  onLanguage(): void;
  onQuit(): void;
}

/** The screen of one chat: header, transcript, and below it the composer, the form of a 留言, or the end. */
export function Screen({ chat, talk, host, suggested, onLanguage, onQuit, onAway }: ScreenProps) {
  useChat(chat);
  useVisibleHeight();
  const texts = useTexts();
  const { t, named } = texts;
  const mode = useMode();
  const { state, connection, offlineMessage } = chat;
  const { site, standing } = state;
  const box = useRef<HTMLTextAreaElement>(null);
  const [asking, setAsking] = useState(false);
  const [more, setMore] = useState<Step | null>(null);
  const [calling, setCalling] = useState(false);
  const call = () => setCalling(true);
  const needs = needsDepartment(state, chat.serverNow);
  const department = useDepartment(chat, suggested);
  const view = viewOf(state, offlineMessage, department.chosen);
  const start = useLater(fetchStart, site !== null);
  const Ending = useLater(fetchEnding, standing !== null);
  // The form is fetched with the first words, so that it is there at once if the server says that nobody serves.
  const due = noticeDue(state, needs);
  const [held, setHeld] = useState(false);
  const Consent = useLater(fetchConsent, chat.draft !== "" || !!standing?.consents);
  const mayLeave = standing !== null || view !== "chat" || chat.draft !== "";
  const OfflinePane = useLater(fetchOfflinePane, site !== null && mayLeave);
  const Callback = useLater(fetchCallback, calling || mode.isElder || standing !== null || view !== "chat");
  const More = useLater(fetchMore, more !== null || standing !== null);
  const lookout = useLater(fetchLookout, site !== null);
  const files = useLater(fetchFiles, standing !== null);
  // A file reopens a conversation as a text does.
  const sends = isOpen(state) || (view === "chat" && !needs) ? files : null;
  useVisit(chat, host);
  useHost(chat, host, box, onAway);
  // When the hours change while the visitor writes, text and focus move to the other box.
  const writing = document.activeElement?.tagName === "TEXTAREA";
  useLayoutEffect(() => {
    if (writing) (chat.draft === "" ? beginningOf(box.current) : box.current)?.focus();
  }, [view]);
  const title = named(site);
  useEffect(() => {
    if (title !== "") document.title = title;
  }, [title]);
  useEffect(() => host.unread(unread(state)), [host, state]);
  const closed = allClosed(state.hours);
  useEffect(() => host.closed(closed), [host, closed]);
  const phone = site?.phone ?? "";
  useEffect(() => {
    if (phone !== "") host.phone(phone);
  }, [host, phone]);

  const waits = (said?: ConsentSent[]) => {
    const now = !said && Consent !== null && Consent.holds(chat, department.chosen);
    setHeld(now);
    return now;
  };
  const send = (said?: ConsentSent[]) => {
    if (waits(said)) return;
    const agreed = due ? [agreement(due, texts.language)] : [];
    chat.send(chat.draft, department.chosen, [...agreed, ...(said ?? [])]);
    chat.write("");
    box.current?.focus(); // called from the click, so that a phone's keyboard stays open
  };
  const leave = (said?: ConsentSent[]) => {
    if (waits(said)) return;
    const agreed = state.notice ? [agreement(state.notice, texts.language)] : [];
    chat.offlineMessage.send(department.chosen, [...agreed, ...chat.messages.choices, ...(said ?? [])]);
  };
  const write = (text: string) => {
    setHeld(false);
    chat.write(text);
  };
  const edit = (pending: Pending) => {
    chat.messages.unsend(pending);
    box.current?.focus();
  };
  const instead = (pending: Pending) => {
    chat.messages.unsend(pending);
    chat.offlineMessage.ask();
  };
  const again = (pending: Pending) => chat.messages.again(pending, department.chosen);
  const focusSoon = () => requestAnimationFrame(() => box.current?.focus());
  const goOn = () => {
    chat.goOn();
    focusSoon();
  };
  const asks = held || standing?.consents?.some(({ decision }) => decision === "asked") || false;
  const stays = !held && Consent !== null && Consent.stays(chat, department.chosen);
  const panel = (onSend: (said: ConsentSent[]) => void) =>
    Consent &&
    (asks || stays) && (
      <Consent.Panel
        chat={chat}
        held={held}
        stays={stays}
        onSend={onSend}
        onStay={() => {
          setHeld(false);
          box.current?.focus();
        }}
      />
    );
  const elder = mode.parts && (
    <mode.parts.ElderBar phone={phone} fresh={standing === null && view === "chat"} onCall={call} />
  );
  const choosing =
    site !== null &&
    needs &&
    !isOpening(state) &&
    view !== "ended" &&
    view !== "left" &&
    offlineMessage.sent === null;

  return (
    <div class="chat">
      <Header
        site={site}
        standing={standing}
        embedded={host.isEmbedded}
        onLanguage={onLanguage}
        onQuit={onQuit}
        onMore={() => setMore("list")}
        onEnd={() => setAsking(true)}
        onMinimise={() => host.close(!isOpen(state))}
      >
        {talk && <talk.Who standing={standing} />}
        {talk && <talk.RunningMark chat={chat} host={host} />}
      </Header>
      {talk ? <talk.Emergency chat={chat} lookout={lookout} /> : <Safety />}
      <ConnectionLine
        connection={connection}
        troubled={chat.troubled}
        first={site === null}
        phone={site?.phone ?? ""}
        lasts={chat.lasts}
        onRestart={() => chat.restart()}
      />
      {site === null && connection.state !== "stopped" ? (
        <Skeleton />
      ) : (
        <Transcript
          talk={talk}
          state={state}
          troubled={chat.troubled}
          now={chat.serverNow}
          onAgain={again}
          onEdit={edit}
          onLeave={instead}
          greeted={start && <start.Answers chat={chat} />}
          file={files && ((line, shown) => <files.FileBubble {...line} {...shown} chat={chat} />)}
        >
          {state.expired && <p class="line-event">{t("link.expired")}</p>}
          {state.over && view === "ended" && (
            <p class="line-event" role="status">
              {t("event.closed.visitor")}
            </p>
          )}
          {view !== "ended" && elder}
          {choosing && start && <start.Questions chat={chat} box={box} />}
          {standing === null && !mode.isElder && (
            <p class="elder-entry">
              <button type="button" class="button" onClick={mode.toggle}>
                {t("elder.enter")}
              </button>
            </p>
          )}
          {choosing && closed && talk && <talk.HoursLine chat={chat} department={department.chosen} />}
          {choosing && talk && (
            <talk.Departments
              all={site.departments}
              hours={state.hours}
              chosen={department.chosen}
              hint={view === "leave" ? "" : t("start.hint")}
              onChoose={department.choose}
            />
          )}
          {(view === "leave" || view === "left") && OfflinePane && (
            <OfflinePane
              chat={chat}
              view={view}
              department={department.chosen}
              above={choosing && closed}
              stays={stays}
              box={box}
              onText={write}
              onLeave={() => leave()}
              onCall={call}
              onBack={focusSoon}
            >
              {panel(leave)}
            </OfflinePane>
          )}
          {view === "ended" && Ending && (
            <Ending
              token={chat.token}
              state={state}
              now={chat.serverNow}
              dismissed={chat.ratingDismissed}
              onRate={(part, stars, tags, comment) => chat.rate(part, stars, tags, comment)}
              onDismiss={() => chat.dismissRating()}
            />
          )}
        </Transcript>
      )}
      {sends && <sends.Strip chat={chat} shown={view === "chat"} />}
      {view === "ended" && <Again anew={needs} onGoOn={goOn} />}
      {view === "chat" && (
        <footer class={asks || stays ? "foot foot-asks" : "foot"}>
          {standing?.state === "waiting" && talk && (
            <talk.Queue
              standing={standing}
              alone={isAloneInAnEmergency(state)}
              closes={talk.closes(state.hours, standing, chat.serverNow, texts)}
              phone={site?.phone ?? ""}
              onMessage={() => chat.offlineMessage.ask()}
              onCall={call}
              onLeave={() => setAsking(true)}
            />
          )}
          {start && !asks && !stays && (
            <start.Suggestion chat={chat} chosen={department.chosen} onChoose={department.choose} />
          )}
          {panel(send)}
          {/* The question needs the room, and whoever is asked has just seen the notice. */}
          {due && !asks && <NoticeLine notice={due} />}
          <Composer
            agree={due !== null && !held && !stays}
            text={chat.draft}
            limit={state.limits.message}
            box={box}
            ready={site !== null}
            opening={isOpening(state)}
            fresh={standing === null}
            onText={(text) => {
              write(text);
              chat.typing(asSent(text) !== "");
            }}
            onSend={() => send()}
          >
            {sends && <sends.Attach chat={chat} />}
          </Composer>
        </footer>
      )}
      {more && More && (
        <More
          chat={chat}
          begins={more}
          onClose={() => setMore(null)}
          onCall={() => {
            setMore(null);
            call();
          }}
        />
      )}
      {calling && Callback && (
        <Callback chat={chat} department={department.chosen} onClose={() => setCalling(false)} />
      )}
      {asking && talk && isOpen(state) && (
        <talk.EndDialog
          waiting={standing?.state === "waiting"}
          onEnd={() => chat.end()}
          onSave={() => setMore("save")}
          onCancel={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** The button after the end. It takes the focus, because the button that had it is gone. */
function Again({ anew, onGoOn }: { anew: boolean; onGoOn(): void }) {
  const { t } = useTexts();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body && document.hasFocus()) button.current?.focus();
  }, []);
  return (
    <footer class="foot foot-again">
      <button type="button" class="button button-primary" ref={button} onClick={onGoOn}>
        {t(anew ? "ending.anew" : "ending.again")}
      </button>
    </footer>
  );
}

/** Placeholders until the server has answered. */
function Skeleton() {
  const { t } = useTexts();
  return (
    <div class="skeleton">
      <span class="sr-only" role="status">
        {t("log.loading")}
      </span>
      <i />
      <i />
      <i />
    </div>
  );
}
