// The device's own voices. Others send the text to a server of the browser's maker, so they are never used.

import type { Language } from "../../shared/catalogue";

/** Of the usual speed. */
const SLOWER = 0.9;

/** The voice of this device for a language; null when it has none. */
export function localVoice(language: Language): SpeechSynthesisVoice | null {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(language)) ?? null;
}

/** Calls `changed` when the browser has found its voices, which may take a second. Returns a function that ends this. */
export function onVoices(changed: () => void): () => void {
  const { speechSynthesis } = window;
  speechSynthesis?.addEventListener?.("voiceschanged", changed);
  return () => speechSynthesis?.removeEventListener?.("voiceschanged", changed);
}

/** Ends what is being read; nothing else. */
let ending = () => {};

/**
 * Reads a text aloud instead of the one before, and calls `ended` afterwards, however it ended. Returns a function that
 * ends this text and no other one.
 */
export function speak(text: string, voice: SpeechSynthesisVoice, ended: () => void): () => void {
  quiet();
  const { speechSynthesis } = window;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.voice = voice;
  utterance.lang = voice.lang;
  utterance.rate = SLOWER;
  const stop = () => {
    if (ending !== stop) return;
    ending = () => {};
    window.removeEventListener("pagehide", stop);
    document.removeEventListener("visibilitychange", hidden);
    speechSynthesis.cancel();
    ended();
  };
  const hidden = () => {
    if (document.hidden) stop();
  };
  // Whoever is here next must not hear the rest.
  window.addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", hidden);
  utterance.onend = stop;
  utterance.onerror = stop;
  ending = stop;
  speechSynthesis.speak(utterance);
  return stop;
}

/** Stops reading: the visitor asked for it, or the chat is no longer seen. */
export function quiet(): void {
  ending();
}
