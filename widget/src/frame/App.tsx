// The whole of the visitor's chat: its language, and below it the screen.

import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { Language } from "../link/catalogue";
import type { Chat } from "./chat";
import type { Host } from "./host";
import { Screen } from "./Screen";
import { catalogue, speak, TextsContext, textsIn } from "./texts";

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
