// The whole of the visitor's screen: puts the parts together and keeps what belongs to the screen alone, such as
// the draft and the department chosen.

import type { ComponentType } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Language } from "../link/catalogue";
import { Composer } from "./Composer";
import { ConnectionLine } from "./ConnectionLine";
import type { Chat } from "./chat";
import { isOpen, isOpening, needsDepartment, type Pending, unread } from "./conversation";
import { Departments } from "./Departments";
import { EndDialog } from "./EndDialog";
import type { EndingProps } from "./Ending";
import { Header, Safety } from "./Header";
import { useChat, useVisibleHeight } from "./hooks";
import type { Host } from "./host";
import { Queue } from "./Queue";
import { Transcript } from "./Transcript";
import { catalogue, speak, TextsContext, textsIn, useTexts } from "./texts";

interface AppProps {
  chat: Chat;
  host: Host;
  /** The department of the page the chat stands on. */
  suggested: string | null;
  onLanguage(language: Language): void;
}

export function App({ chat, host, suggested, onLanguage }: AppProps) {
  const [language, setLanguage] = useState(catalogue.language);
  const texts = useMemo(() => textsIn(language), [language]);
  const choose = useCallback(
    async (wanted: Language) => {
      const chosen = await speak(wanted);
      onLanguage(chosen);
      setLanguage(chosen);
    },
    [onLanguage],
  );
  useEffect(() => host.onLanguage((wanted) => void choose(wanted)), [host, choose]);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    host.locale(language);
  }, [language, host]);
  return (
    <TextsContext.Provider value={texts}>
      <Screen
        chat={chat}
        host={host}
        suggested={suggested}
        onLanguage={() => void choose(language === "zh" ? "en" : "zh")}
      />
    </TextsContext.Provider>
  );
}

interface ScreenProps extends Omit<AppProps, "onLanguage"> {
  onLanguage(): void;
}

function Screen({ chat, host, suggested, onLanguage }: ScreenProps) {
  useChat(chat);
  useVisibleHeight();
  const { t, named } = useTexts();
  const { state, connection } = chat;
  const { site, standing } = state;
  const box = useRef<HTMLTextAreaElement>(null);
  const [asking, setAsking] = useState(false);
  const draft = useDraft(chat);
  const needs = needsDepartment(state, chat.serverNow);
  const department = useDepartment(chat, suggested);
  const Ending = useEnding(standing !== null);
  const ended = standing?.state === "closed" && !state.continuing;
  useHost(chat, host, box);
  const title = named(site);
  useEffect(() => {
    if (title !== "") document.title = title;
  }, [title]);
  useEffect(() => host.unread(unread(state)), [host, state]);

  const send = () => {
    if (needsDepartment(state, chat.serverNow) && department.chosen === "") {
      department.miss();
      return;
    }
    chat.send(draft.text.trim(), department.chosen);
    draft.set("");
    box.current?.focus(); // from the button, so that a phone's keyboard stays
  };
  const edit = (pending: Pending) => {
    chat.withdraw(pending);
    draft.set([draft.text, pending.body].filter(Boolean).join("\n"));
    box.current?.focus();
  };
  const again = (pending: Pending) => chat.again(pending, department.chosen);
  const goOn = () => {
    chat.goOn();
    requestAnimationFrame(() => box.current?.focus());
  };
  const end = () => {
    setAsking(false);
    void chat.end();
  };

  return (
    <div class="chat">
      <Header
        site={site}
        standing={standing}
        embedded={host.isEmbedded}
        onLanguage={onLanguage}
        onEnd={() => setAsking(true)}
        onMinimise={() => host.close(!isOpen(state))}
      />
      <Safety />
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
        <Transcript state={state} troubled={chat.troubled} now={chat.serverNow} onAgain={again} onEdit={edit}>
          {state.expired && <p class="line-event">{t("link.expired")}</p>}
          {site !== null && needs && !ended && (
            <Departments
              all={site.departments}
              chosen={department.chosen}
              missing={department.missing}
              onChoose={department.choose}
            />
          )}
          {ended && Ending && (
            <Ending
              state={state}
              now={chat.serverNow}
              onRate={(stars, tags, comment) => chat.rate(stars, tags, comment)}
            />
          )}
        </Transcript>
      )}
      {ended ? (
        <Again anew={needs} onGoOn={goOn} />
      ) : (
        <footer class="foot">
          {standing?.state === "waiting" && <Queue standing={standing} onLeave={() => setAsking(true)} />}
          <Composer
            text={draft.text}
            limit={state.limits.message}
            box={box}
            ready={site !== null}
            opening={isOpening(state)}
            fresh={standing === null}
            onText={(text) => {
              draft.set(text);
              chat.typing(text.trim() !== "");
            }}
            onSend={send}
          />
        </footer>
      )}
      {asking && isOpen(state) && (
        <EndDialog waiting={standing?.state === "waiting"} onEnd={end} onCancel={() => setAsking(false)} />
      )}
    </div>
  );
}

/** After the end: the one thing left to do, and where the focus goes from the button that is no more. */
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

/** What stands there before the server has said anything. */
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

/** What is shown after the end. Fetched while the conversation runs, not before anybody has clicked. */
function useEnding(soon: boolean): ComponentType<EndingProps> | null {
  const [ending, setEnding] = useState<{ Ending: ComponentType<EndingProps> } | null>(null);
  useEffect(() => {
    // Not to be had: the conversation has ended all the same, and nobody has to rate.
    if (soon) import("./Ending").then(setEnding).catch(() => {});
  }, [soon]);
  return ending?.Ending ?? null;
}

/** The unsent text, kept in the tab until it is sent. */
function useDraft(chat: Chat) {
  const [text, setText] = useState(() => chat.kept.draft);
  const set = (next: string) => {
    setText(next);
    chat.kept.draft = next;
  };
  return { text, set };
}

/** Which department: the visitor's choice, else the page's, else the last conversation's, else the only one. */
function useDepartment(chat: Chat, suggested: string | null) {
  const [choice, setChoice] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const { site, standing } = chat.state;
  const all = site?.departments ?? [];
  const only = all.length === 1 ? all[0]?.id : null;
  const wanted = [choice, standing?.department, suggested, only];
  const chosen = wanted.find((id) => all.some((each) => each.id === id)) ?? "";
  const choose = (id: string) => {
    setChoice(id);
    setMissing(false);
  };
  const miss = () => {
    setMissing(true);
    document.querySelector<HTMLElement>(".departments input")?.focus();
  };
  return { chosen, missing, choose, miss };
}

/** Opening, closing, and whether the visitor looks. */
function useHost(chat: Chat, host: Host, box: { current: HTMLTextAreaElement | null }): void {
  useEffect(() => {
    let shown = !host.isEmbedded;
    const look = () => chat.watch(shown && !document.hidden);
    const opened = (focus: boolean) => {
      shown = true;
      look();
      // On a touch screen the keyboard would come up and cover what is to be read first.
      if (focus && !window.matchMedia("(pointer: coarse)").matches) box.current?.focus();
    };
    const closed = () => {
      shown = false;
      look();
    };
    const left = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.isComposing) host.close(!isOpen(chat.state));
    };
    document.addEventListener("visibilitychange", look);
    document.addEventListener("keydown", left);
    const unshown = host.onShown({ opened, closed });
    look();
    return () => {
      document.removeEventListener("visibilitychange", look);
      document.removeEventListener("keydown", left);
      unshown();
    };
  }, [chat, host, box]);
}
