// Asks 接着刚才的咨询, or somebody else? It replaces the chat, and nothing of the chat is drawn behind it, because another
// person may sit at a shared computer by now.

import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "../chat/chat";
import { unread } from "../chat/selectors";
import { Header, Safety } from "../header/Header";
import { useChat } from "../hooks";
import type { Host } from "../host";
import { useTexts } from "../texts";
import type { Door } from "./door";

interface QuestionProps {
  door: Door;
  host: Host;
  onLanguage(): void;
  onQuit(): void;
}

/** The question whether this is still the same person. */
export function Question({ door, host, onLanguage, onQuit }: QuestionProps) {
  const { t } = useTexts();
  const title = useRef<HTMLHeadingElement>(null);
  const putAway = () => host.close(false);
  useEffect(() => {
    const opened = (focus: boolean) => {
      if (focus) title.current?.focus();
    };
    const unshown = host.onShown({ opened, closed: () => {} });
    // The element that had the focus is gone.
    if (document.hasFocus()) title.current?.focus();
    return unshown;
  }, [host]);
  return (
    <div class="chat">
      <Header
        site={null}
        standing={null}
        embedded={host.isEmbedded}
        onLanguage={onLanguage}
        onEnd={() => {}}
        onMinimise={putAway}
        onQuit={onQuit}
      />
      <Safety />
      <main class="scroll question">
        <h2 ref={title} tabIndex={-1}>
          {t("person.ask")}
        </h2>
        <p>{t("person.why")}</p>
        <button type="button" class="button" onClick={() => door.goOn()}>
          {t("person.same")}
        </button>
        <button type="button" class="button" onClick={() => door.change()}>
          {t("person.other")}
        </button>
      </main>
      {door.chat === null ? <NoNews host={host} /> : <News chat={door.chat} host={host} />}
    </div>
  );
}

/** Shows on the page's launcher that there is something new, but not how much. */
function News({ chat, host }: { chat: Chat; host: Host }) {
  useChat(chat);
  const isNew = unread(chat.state) > 0;
  useEffect(() => host.unread(isNew ? 1 : 0), [host, isNew]);
  return null;
}

function NoNews({ host }: { host: Host }) {
  useEffect(() => host.unread(0), [host]);
  return null;
}
