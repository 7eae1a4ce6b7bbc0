// Small things the views need of time and the browser.

import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Chat } from "./chat/chat";

/** Draws again whenever the chat changes. In a layout effect: a change before the first paint must not be missed. */
export function useChat(chat: Chat): void {
  const [, draw] = useState(0);
  useLayoutEffect(() => chat.subscribe(() => draw((count) => count + 1)), [chat]);
}

/** Whether `at` (ms by this machine) has come; draws again when it does. */
export function useReached(at: number): boolean {
  const [reached, setReached] = useState(Date.now() >= at);
  useEffect(() => {
    const left = at - Date.now();
    setReached(left <= 0);
    if (left <= 0) return;
    const timer = window.setTimeout(() => setReached(true), left);
    return () => window.clearTimeout(timer);
  }, [at]);
  return reached;
}

/** `text`, but changing at most once in `ms`: for what a screen reader says aloud. */
export function useSlowly(text: string, ms: number): string {
  const [said, setSaid] = useState({ text, at: Date.now() });
  useEffect(() => {
    if (text === said.text) return;
    const left = text === "" ? 0 : Math.max(0, said.at + ms - Date.now());
    const timer = window.setTimeout(() => setSaid({ text, at: Date.now() }), left);
    return () => window.clearTimeout(timer);
  }, [text, said, ms]);
  return said.text;
}

export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return online;
}

/** Keeps the chat as high as what the on-screen keyboard leaves, where it is the page itself. */
export function useVisibleHeight(): void {
  useEffect(() => {
    const seen = window.visualViewport;
    if (!seen || window.parent !== window) return;
    const follow = () => {
      document.documentElement.style.setProperty("--visible", `${seen.height}px`);
      window.scrollTo(0, 0);
    };
    seen.addEventListener("resize", follow);
    follow();
    return () => seen.removeEventListener("resize", follow);
  }, []);
}
