// The whole of the visitor's chat: its language, and below it the screen or the question that comes before it.

import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { Language } from "../shared/catalogue";
import { isOpen } from "./chat/selectors";
import type { Door } from "./door/door";
import { fetchElder, ModeProvider, useElder } from "./elder/mode";
import { useEscape } from "./escape";
import { Header, Safety } from "./header/Header";
import type { Host } from "./host";
import { useLater } from "./later";
import { Screen } from "./Screen";
import { fetchTalk } from "./talk/fetchTalk";
import { catalogue, speak, TextsContext, textsIn } from "./texts";

interface AppProps {
  door: Door;
  host: Host;
  /** The department of the page that embeds the chat. */
  suggested: string | null;
  onLanguage(language: Language): void;
  /** Keeps the choice of 长辈版 on the device. */
  modeStore: Storage;
}

/** The chat in one language, redrawn when the door opens, closes or changes person. */
export function App({ door, host, suggested, onLanguage, modeStore }: AppProps) {
  const [language, setLanguage] = useState(catalogue.language);
  const [, draw] = useState(0);
  useLayoutEffect(() => door.subscribe(() => draw(door.turn)), [door]);
  const texts = useMemo(() => textsIn(language), [language]);
  const choose = useCallback(
    async (wanted: Language) => {
      const chosen = await speak(wanted);
      onLanguage(chosen);
      setLanguage(chosen);
    },
    [onLanguage],
  );
  const mode = useElder(modeStore);
  const putAway = useCallback(() => {
    fetchElder.part?.quiet();
    door.putAway();
  }, [door]);
  useEffect(() => host.onLanguage((wanted) => void choose(wanted)), [host, choose]);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    host.locale(language);
  }, [language, host]);
  useEffect(() => host.elder(mode.isElder), [host, mode.isElder]);
  // At once, and not only when it is needed: the network may be gone by then.
  const talk = useLater(fetchTalk, true);
  const quit = useCallback(() => {
    door.clear(true);
    host.leave();
  }, [door, host]);
  const close = useCallback(
    () => host.close(!door.asks && door.chat !== null && !isOpen(door.chat.state)),
    [door, host],
  );
  useEscape(close, quit);
  const toggle = () => void choose(language === "zh" ? "en" : "zh");
  return (
    <TextsContext.Provider value={texts}>
      <ModeProvider value={mode}>
        {door.asks || door.chat === null ? (
          talk ? (
            <talk.Question door={door} host={host} onLanguage={toggle} onQuit={quit} />
          ) : (
            <Closed host={host} onLanguage={toggle} onQuit={quit} />
          )
        ) : (
          <Screen
            key={door.turn}
            chat={door.chat}
            talk={talk}
            host={host}
            suggested={suggested}
            onLanguage={toggle}
            onQuit={quit}
            onAway={putAway}
          />
        )}
      </ModeProvider>
    </TextsContext.Provider>
  );
}

/** What stands there until the question can be asked. */
function Closed({ host, onLanguage, onQuit }: { host: Host; onLanguage(): void; onQuit(): void }) {
  return (
    <div class="chat">
      <Header
        site={null}
        standing={null}
        embedded={host.isEmbedded}
        onLanguage={onLanguage}
        onEnd={() => {}}
        onMinimise={() => host.close(false)}
        onQuit={onQuit}
      />
      <Safety />
    </div>
  );
}
