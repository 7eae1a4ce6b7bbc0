// Short tones, generated without files. Each kind sounds different, so that people recognise it without looking.

import { effect, signal } from "@preact/signals";

export type Tone = "message" | "arrival" | "ring" | "transfer" | "overdue" | "alarm" | "emergency";

/** Frequency (Hz), start and length (s) of each note. */
const NOTES: Record<Tone, readonly (readonly [number, number, number])[]> = {
  message: [[660, 0, 0.12]],
  arrival: [
    [659, 0, 0.12],
    [880, 0.14, 0.2],
  ],
  ring: [
    [784, 0, 0.14],
    [988, 0.16, 0.14],
    [784, 0.32, 0.14],
  ],
  transfer: [
    [523, 0, 0.16],
    [784, 0.18, 0.22],
  ],
  overdue: [
    [440, 0, 0.1],
    [440, 0.16, 0.1],
  ],
  alarm: [
    [698, 0, 0.16],
    [698, 0.2, 0.16],
    [523, 0.4, 0.22],
  ],
  emergency: [
    [880, 0, 0.18],
    [587, 0.2, 0.18],
    [880, 0.4, 0.18],
    [587, 0.6, 0.24],
  ],
};

const LOUDNESS = 0.08;

/** A preference of this device; it contains nothing about any person. */
const KEY = "console-muted";

export const muted = signal(localStorage.getItem(KEY) === "yes");

let context: AudioContext | null = null;

/**
 * Of several tabs in one browser only one plays tones: the first one that the person touched and that is still open.
 */
let leads = !("locks" in navigator);

/** Unlocks sound on the first touch, because browsers allow sound only after it. */
export function allowSound(): void {
  effect(() => localStorage.setItem(KEY, muted.value ? "yes" : "no"));
  // Safari before 14.1 does not have it under this name, and stays silent.
  if (!("AudioContext" in window)) return;
  const wake = () => {
    if (context === null) {
      context = new AudioContext();
      lead();
    }
    void context.resume();
  };
  window.addEventListener("pointerdown", wake, { once: true });
  window.addEventListener("keydown", wake, { once: true });
}

/** The lock is held until the tab is closed; then the next tab gets it. */
function lead(): void {
  if (leads) return;
  void navigator.locks.request("console-sound", () => {
    leads = true;
    return new Promise<void>(() => undefined);
  });
}

/** Plays a tone, unless sound is muted, not unlocked yet, or played by another tab. */
export function play(tone: Tone): void {
  if (muted.value || context === null || !leads) return;
  for (const note of NOTES[tone]) sound(context, note);
}

function sound(audio: AudioContext, [frequency, start, length]: readonly [number, number, number]): void {
  const at = audio.currentTime + start;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = frequency;
  // Faded in and out, because a tone that starts or stops abruptly clicks.
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  gain.gain.linearRampToValueAtTime(0, at + length);
  oscillator.connect(gain);
  gain.connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + length);
}
