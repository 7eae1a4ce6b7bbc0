// What belongs to the screen alone: the chosen department, whether the chat is visible, and the parts that come later.

import { useEffect, useState } from "preact/hooks";
import type { Chat } from "./chat/chat";
import { UNSURE } from "./chat/hours";
import type { Host } from "./host";
import { later, useLater } from "./later";

export const fetchStart = later(() => import("./start/start"));
export const fetchEnding = later(() => import("./ending/Ending").then(({ Ending }) => Ending));
export const fetchOfflinePane = later(() =>
  import("./offline/OfflinePane").then(({ OfflinePane }) => OfflinePane),
);
const fetchVisit = later(() => import("./visit/visit"));
export const fetchFiles = later(() => import("./files/files"));

/**
 * Which department: the visitor's choice (empty: none), else the last conversation's, else the page's, else the only
 * one.
 */
export function useDepartment(chat: Chat, suggested: string | null) {
  const [choice, setChoice] = useState<string | null>(null);
  const { site, standing } = chat.state;
  const all = site?.departments ?? [];
  const named = all.filter(({ id }) => id !== UNSURE);
  const only = named.length === 1 ? named[0]?.id : null;
  const wanted = [standing?.department, suggested, only];
  const usual = wanted.find((id) => all.some((each) => each.id === id)) ?? "";
  // An earlier choice may not exist any more.
  const isThere = choice === "" || all.some(({ id }) => id === choice);
  return { chosen: choice !== null && isThere ? choice : usual, choose: setChoice };
}

/** Where the visitor comes from, as the page tells it. */
export function useVisit(chat: Chat, host: Host): void {
  const [pages, setPages] = useState(host.pages);
  const visit = useLater(fetchVisit, pages !== undefined);
  useEffect(() => {
    host.onPages = () => setPages(host.pages);
  }, []);
  useEffect(() => visit?.follow(chat, pages));
}

/** Opening and minimising, and whether the visitor looks at the chat. */
export function useHost(
  chat: Chat,
  host: Host,
  box: { current: HTMLTextAreaElement | null },
  onAway: () => void,
): void {
  useEffect(() => {
    let shown = !host.isEmbedded;
    const look = () => chat.watch(shown && !document.hidden);
    const opened = (focus: boolean) => {
      shown = true;
      look();
      // On a touch screen the keyboard would open and cover what must be read first.
      if (focus && !window.matchMedia("(pointer: coarse)").matches) beginningOf(box.current)?.focus();
    };
    const closed = () => {
      shown = false;
      look();
      onAway();
    };
    document.addEventListener("visibilitychange", look);
    const unshown = host.onShown({ opened, closed });
    look();
    return () => {
      document.removeEventListener("visibilitychange", look);
      unshown();
    };
  }, [chat, host, box, onAway]);
}

/** Where reading and writing begin: above the form of a 留言 there is text that must be read first. */
export function beginningOf(box: HTMLElement | null): HTMLElement | null {
  return box?.closest<HTMLElement>("main") ?? box;
}
