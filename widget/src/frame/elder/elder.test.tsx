// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeStorage } from "../../shared/link/fakes";
import { type Mode, useElder, wantsElder } from "./mode";
import { ReadAloud } from "./ReadAloud";
import { quiet } from "./voice";

let root: HTMLElement;
let voices: Partial<SpeechSynthesisVoice>[];
let spoken: { text: string; onend?: () => void }[];
let cancelled: number;
let phone: boolean;

beforeEach(() => {
  root = document.createElement("div");
  document.body.replaceChildren(root);
  voices = [{ lang: "zh-CN", localService: true }];
  spoken = [];
  cancelled = 0;
  phone = true;
  const speechSynthesis = {
    getVoices: () => voices,
    speak: (utterance: { text: string }) => spoken.push(utterance),
    cancel: () => {
      cancelled += 1;
    },
  };
  vi.stubGlobal("speechSynthesis", speechSynthesis);
  Object.assign(window, { speechSynthesis });
  vi.stubGlobal(
    "SpeechSynthesisUtterance",
    class {
      constructor(readonly text: string) {}
    },
  );
  window.matchMedia = () => ({ matches: phone }) as MediaQueryList;
  Object.assign(window, { screen: { width: 360, height: 740 } });
});

afterEach(() => {
  quiet();
  render(null, root);
  vi.unstubAllGlobals();
});

const button = () => root.querySelector("button");
const tap = () => act(() => button()?.click());
const draw = () => act(() => render(<ReadAloud text="请空腹来院" />, root));

test.each([
  ["no voice at all", []],
  ["a voice of a distant server", [{ lang: "zh-CN", localService: false }]],
  ["a voice of another language", [{ lang: "ja-JP", localService: true }]],
])("with %s there is no button", async (_what, has) => {
  voices = has;
  await draw();
  expect(button()).toBeNull();
});

test("a tap reads, the next one stops, and nothing is read by itself", async () => {
  await draw();
  expect(spoken).toEqual([]);
  await tap();
  expect(spoken.map(({ text }) => text)).toEqual(["请空腹来院"]);
  expect(button()?.textContent).toBe("停止朗读");
  await tap();
  expect([button()?.textContent, cancelled]).toEqual(["朗读", 1]);
});

test("where others may listen, the first tap says so and reads nothing", async () => {
  phone = false;
  await draw();
  await tap();
  expect([spoken.length, root.querySelector("[role=alert]")?.textContent]).toEqual([
    0,
    "朗读的声音周围的人也能听到。",
  ]);
  await tap();
  expect(spoken.length).toBe(1);
});

test("a tap on another message reads that one instead", async () => {
  const both = (
    <>
      <ReadAloud text="请空腹来院" />
      <ReadAloud text="请带医保卡" />
    </>
  );
  await act(() => render(both, root));
  const tapOn = (place: number) => act(() => root.querySelectorAll("button")[place]?.click());
  await tapOn(0);
  await tapOn(1);
  expect([spoken.map(({ text }) => text), cancelled]).toEqual([["请空腹来院", "请带医保卡"], 1]);
  const labels = Array.from(root.querySelectorAll("button"), ({ textContent }) => textContent);
  expect(labels).toEqual(["朗读", "停止朗读"]);
});

test.each([
  ["the page goes", () => window.dispatchEvent(new Event("pagehide"))],
  ["the chat is put away", () => quiet()],
  [
    "the page is hidden",
    () => {
      vi.spyOn(document, "hidden", "get").mockReturnValue(true);
      document.dispatchEvent(new Event("visibilitychange"));
      vi.restoreAllMocks();
    },
  ],
  ["the message is no longer shown", () => render(null, root)],
])("reading stops when %s", async (_what, leave) => {
  await draw();
  await tap();
  expect([spoken.length, cancelled]).toEqual([1, 0]);
  await act(() => void leave());
  expect(cancelled).toBe(1);
});

test.each([
  [null, "?site=demo", false],
  [null, "?site=demo&mode=elder", true],
  [null, "?mode=other", false],
  ["elder", "", true],
  ["standard", "?mode=elder", false],
])("with %s on the device and %s in the address", (stored, search, wanted) => {
  const store = fakeStorage();
  if (stored !== null) store.setItem("hchat-mode", stored);
  expect(wantsElder(store, search)).toBe(wanted);
});

test("the choice stays on the device, and goes when it is taken back", async () => {
  const store = fakeStorage();
  let mode: Mode | null = null;
  function Shown() {
    mode = useElder(store);
    return null;
  }
  await act(() => render(<Shown />, root));
  const toggle = () => act(() => mode?.toggle());
  await toggle();
  expect(store.getItem("hchat-mode")).toBe("elder");
  await vi.waitFor(() => expect(document.documentElement.dataset.mode).toBe("elder"));
  await toggle();
  expect([store.getItem("hchat-mode"), document.documentElement.dataset.mode]).toEqual(["standard", ""]);
});

/** The tokens of a style, by scheme. */
function tokens(): Record<"light" | "dark", Map<string, string>> {
  const style = (path: string) => readFileSync(new URL(path, import.meta.url), "utf-8");
  const parts = [style("../../shared/tokens.css"), style("./elder.css")].map((css) => css.split("@media"));
  const read = (css: string) => [...css.matchAll(/(--[\w-]+):\s*(#[\da-f]{6})/g)].map(([, a, b]) => [a, b]);
  const light = parts.flatMap(([first]) => read(first ?? ""));
  const dark = parts.flatMap(([, ...rest]) => read(rest.join("")));
  return {
    light: new Map(light as [string, string][]),
    dark: new Map([...light, ...dark] as [string, string][]),
  };
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const PAIRS = [
  ["--text", "--ground"],
  ["--text", "--surface"],
  ["--text", "--line"],
  ["--muted", "--ground"],
  ["--muted", "--surface"],
  ["--muted", "--line"],
  ["--on-primary", "--primary"],
  ["--on-primary-tint", "--primary-tint"],
  ["--info", "--surface"],
  ["--amber", "--amber-tint"],
  ["--red", "--red-tint"],
  ["--red", "--surface"],
] as const;

test.each(["light", "dark"] as const)("every pair of colours has a contrast of 7:1, %s", (scheme) => {
  const all = tokens()[scheme];
  const low = PAIRS.map(([on, below]) => {
    const [more = 0, less = 0] = [on, below]
      .map((name) => luminance(all.get(name) ?? "#808080"))
      .sort((one, other) => other - one);
    return [on, below, (more + 0.05) / (less + 0.05)] as const;
  }).filter(([, , contrast]) => contrast < 7);
  expect(low).toEqual([]);
});
