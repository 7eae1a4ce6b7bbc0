// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import en from "../../texts/en.po";
import zh from "../../texts/zh.po";
import { start } from "./loader";
import { panel as attach } from "./panel";
import { PANEL_WORDS } from "./panelWords";
import type { Api, Host, Parts } from "./parts";
import type { Page } from "./visit";
import { WORDS } from "./words";

const CHAT = "https://chat.hospital.example";

beforeEach(() => {
  document.body.innerHTML = "";
  sessionStorage.clear();
  localStorage.clear();
  // The frame's page is empty; without one happy-dom would log an error.
  const { happyDOM } = window as unknown as { happyDOM: { settings: Record<string, unknown> } };
  happyDOM.settings.enableIframePageLoading = true;
  happyDOM.settings.handleDisabledFileLoadingAsSuccess = true;
  happyDOM.settings.fetch = { interceptor: { beforeAsyncRequest: async () => new Response("") } };
  onScreen(false);
  vi.stubGlobal("visualViewport", { offsetTop: 0, height: 740, addEventListener: () => {} });
});

function onScreen(phone: boolean) {
  vi.stubGlobal("matchMedia", (query: string) => ({ matches: phone && query.includes("640px") }));
}

/** As the panel's script does. */
function runPanel(host: Host) {
  const kit = host.kit as Parts;
  delete host.kit;
  attach(host, kit);
}

function embedded(marks: Record<string, string> = {}, commands?: unknown[]) {
  const script = document.createElement("script");
  // A real `src` attribute would be fetched.
  Object.defineProperty(script, "src", { value: `${CHAT}/widget.js` });
  Object.assign(script.dataset, { site: "demo", department: "gynecology", ...marks });
  document.getElementById("hchat")?.remove(); // remove the page before
  const page = window as unknown as { hchat?: unknown };
  page.hchat = commands;
  start(script);
  const host = document.getElementById("hchat");
  const root = host?.shadowRoot;
  // What the loader fetches is run at once.
  runPanel(host as Host);
  const api = page.hchat as Api & Record<string, (...values: unknown[]) => void>;
  const launcher = root?.querySelector("button");
  if (!root || !launcher) throw new Error("no launcher");
  const panel = notBuiltYet(root);
  const frame = () => root.querySelector("iframe");
  const told: unknown[] = [];
  // Each frame has a window of its own, as in a browser.
  const inside = { postMessage: (message: unknown, to: unknown) => told.push([message, to]) };
  const give = () =>
    frame() && Object.defineProperty(frame(), "contentWindow", { value: inside, configurable: true });
  give();
  const hear = (data: unknown, origin = CHAT, source: unknown = give() && inside) => {
    const event = new MessageEvent("message", { data, origin });
    Object.defineProperty(event, "source", { value: source });
    window.dispatchEvent(event);
  };
  const click = () => {
    launcher.click();
    give();
  };
  const button = (label: string) => {
    const all = [...panel.querySelectorAll("button")];
    const found = all.find((each) => each.getAttribute("aria-label") === label || each.textContent === label);
    if (!found) throw new Error(`no button ${label}`);
    return found;
  };
  return { root, launcher, panel, frame, hear, click, told, button, api };
}

/** The panel, which is like a hidden one until it is built. */
function notBuiltYet(root: ShadowRoot): HTMLElement {
  const hidden = document.createElement("div");
  hidden.hidden = true;
  const get = (_: HTMLElement, name: string | symbol) => {
    const built = root.querySelector("div") ?? hidden;
    const value = Reflect.get(built, name, built);
    return typeof value === "function" ? value.bind(built) : value;
  };
  return new Proxy<HTMLElement>(hidden, { get });
}

test("before the first click nothing is built, and no style or size of the page is asked for", () => {
  const asked = vi.fn(() => ({ matches: false }));
  vi.stubGlobal("matchMedia", asked);
  vi.stubGlobal("getComputedStyle", asked);
  const { root, click } = embedded();
  const built = () => [...root.children].map(({ localName }) => localName);
  expect([built(), asked.mock.calls]).toEqual([["button", "script"], []]);
  click();
  expect([built(), asked.mock.calls.length > 0]).toEqual([["button", "script", "div"], true]);
});

test("nothing is loaded before the first click, and only one frame after several clicks", () => {
  const { frame, click, hear } = embedded();
  expect(frame()).toBeNull();
  click();
  const first = frame();
  hear({ type: "close" });
  click();
  expect(frame()).toBe(first);
});

test("the frame gets the site, the department, the language and the page's origin, and no path", () => {
  const { frame, click } = embedded({ language: "en" });
  click();
  const url = new URL(frame()?.src ?? "");
  expect(url.origin + url.pathname).toBe(`${CHAT}/frame`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    site: "demo",
    department: "gynecology",
    language: "en",
    host: location.origin,
  });
});

test.each([
  [{}, "", null],
  [{ mode: "elder" }, "", "elder"],
  [{}, "?mode=elder", "elder"],
  [{}, "?mode=other", null],
  [{ mode: "standard" }, "?mode=elder", null],
])("with %o in the tag and %s in the page's address", (data, search, mode) => {
  history.replaceState(null, "", `/${search}`);
  const { frame, click } = embedded(data);
  click();
  expect(new URL(frame()?.src ?? "").searchParams.get("mode")).toBe(mode);
  history.replaceState(null, "", "/");
});

test("messages of another origin or another window are ignored", () => {
  const { panel, click, hear } = embedded();
  click();
  hear({ type: "close" }, "https://evil.example");
  hear({ type: "close" }, CHAT, window);
  hear({ type: "something" });
  hear(null);
  expect(panel.hidden).toBe(false);
  hear({ type: "close" });
  expect(panel.hidden).toBe(true);
});

test("messages are sent only to the chat's origin, once the chat is ready", () => {
  const { click, hear, told } = embedded();
  click();
  expect(told).toEqual([]);
  hear({ type: "ready" });
  hear({ type: "close" });
  expect(told.map((each) => (each as unknown[])[1])).toEqual([CHAT, CHAT]);
});

test("the chat learns the pages of the visit when it is ready, and nobody else does", () => {
  history.replaceState(null, "", "/fuke/?utm_source=baidu&bd_vid=1");
  const { click, hear, told } = embedded();
  click();
  hear({ type: "ready" });
  const page = `${location.origin}/fuke/`;
  expect(told).toMatchObject([[{ pages: [{ page, parameters: { utm_source: "baidu" } }] }, CHAT]]);
  history.replaceState(null, "", "/");
});

test("when somebody else comes the visit is forgotten, and at an end it is not", () => {
  const { click, hear, told } = embedded();
  click();
  hear({ type: "ready" });
  hear({ type: "until", until: 0 });
  expect(sessionStorage.getItem("hchat-visit")).not.toBeNull();
  hear({ type: "until", until: -1 });
  expect(sessionStorage.getItem("hchat-visit")).toBeNull();
  hear({ type: "close" });
  expect(told[told.length - 1]).toMatchObject([{ pages: [] }, CHAT]);
});

test("unread messages are shown on the launcher", () => {
  const { launcher, click, hear } = embedded();
  click();
  hear({ type: "unread", count: 2 });
  expect(launcher.textContent).toBe("在线咨询2");
  hear({ type: "unread", count: 0 });
  expect(launcher.querySelectorAll("span")[1]?.hidden).toBe(true);
});

/** Waits until the page is idle. */
const idled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("an open chat is open on the next page, a minimised one is loaded invisibly, an ended one is not loaded", async () => {
  const first = embedded();
  first.click();
  const next = embedded();
  expect([next.panel.hidden, next.frame() !== null]).toEqual([false, true]);
  next.hear({ type: "until", until: Date.now() + 60_000 });
  next.hear({ type: "close", done: false });
  const third = embedded();
  await idled();
  expect([third.panel.hidden, third.frame() !== null]).toEqual([true, true]);
  third.click();
  third.hear({ type: "until", until: 0 });
  third.hear({ type: "close", done: true });
  expect(embedded().frame()).toBeNull();
});

test("the launcher follows the chat's language", () => {
  const { launcher, click, hear } = embedded();
  click();
  hear({ type: "locale", language: "en" });
  expect(launcher.textContent).toContain("Chat with us");
});

test("the launcher has the same texts as the catalogue", () => {
  for (const [language, texts] of Object.entries({ zh, en })) {
    const [chat] = WORDS[language as "zh" | "en"];
    const [message] = PANEL_WORDS[language as "zh" | "en"];
    expect([chat, message]).toEqual([texts["launcher.label"], texts["leave.title"]]);
  }
});

test("the launcher says 留言 while nobody serves, in the chosen language, and offers a question again afterwards", () => {
  const { launcher, click, hear } = embedded();
  click();
  hear({ type: "hours", closed: true });
  expect(launcher.textContent).toContain(PANEL_WORDS.zh[0]);
  hear({ type: "locale", language: "en" });
  expect(launcher.textContent).toContain(PANEL_WORDS.en[0]);
  hear({ type: "hours", closed: false });
  expect(launcher.textContent).toContain(WORDS.en[0]);
});

describe("while the frame does not load", () => {
  const LEAD = PANEL_WORDS.zh[2];
  const LATE_MS = 3_000;
  const LOADED_MS = 1_000;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
  });

  afterEach(() => {
    vi.clearAllTimers();
    vi.useRealTimers();
  });

  function opened(marks: Record<string, string> = {}) {
    const page = embedded(marks);
    page.click();
    const loads = () => page.frame()?.dispatchEvent(new Event("load"));
    const says = (words: string) => !page.panel.hidden && page.panel.textContent?.includes(words) === true;
    const isCovered = () => document.body.hasAttribute("inert");
    const seen = () => page.frame()?.style.visibility === "visible";
    return { ...page, loads, says, isCovered, seen };
  }

  test("the panel says so after three seconds without `ready`, and not before", () => {
    const { says } = opened();
    vi.advanceTimersByTime(LATE_MS - 1);
    expect(says(LEAD)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(says(LEAD)).toBe(true);
  });

  test("after `load` without `ready` the wait is shorter", () => {
    const { says, loads } = opened();
    loads();
    vi.advanceTimersByTime(LOADED_MS);
    expect(says(LEAD)).toBe(true);
  });

  test("the panel says nothing when `ready` comes before or after `load`", () => {
    for (const order of [
      ["ready", "load"],
      ["load", "ready"],
    ]) {
      const { says, loads, hear, seen } = opened();
      for (const each of order) each === "load" ? loads() : hear({ type: "ready" });
      vi.advanceTimersByTime(60_000);
      expect([says(LEAD), seen()]).toEqual([false, true]);
    }
  });

  test("a frame that has not sent `ready` is never visible", () => {
    const { seen, loads, hear } = opened();
    expect(seen()).toBe(false);
    loads();
    expect(seen()).toBe(false);
    hear({ type: "ready" });
    expect(seen()).toBe(true);
  });

  test("the page behind is reachable on a phone until the chat is there", () => {
    onScreen(true);
    const { isCovered, hear } = opened();
    vi.advanceTimersByTime(LATE_MS);
    expect(isCovered()).toBe(false);
    hear({ type: "ready" });
    expect(isCovered()).toBe(true);
  });

  test("the panel is closed by its button and by Escape, also while it says nothing", () => {
    const { panel, button, click } = opened();
    for (const wait of [0, LATE_MS]) {
      for (const close of [
        () => button("关闭").click(),
        () => window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })),
      ]) {
        click();
        vi.advanceTimersByTime(wait);
        expect(panel.hidden).toBe(false);
        close();
        expect(panel.hidden).toBe(true);
      }
    }
  });

  test("once the chat is there, Escape belongs to it", () => {
    const { panel, hear } = opened();
    hear({ type: "ready" });
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(panel.hidden).toBe(false);
  });

  test("the frame is loaded again at growing intervals of at most half a minute", () => {
    const { frame, loads } = opened();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const before = frame();
      loads();
      vi.advanceTimersByTime(LOADED_MS);
      let waited = 0;
      for (; frame() === before; waited += 100) vi.advanceTimersByTime(100);
      pauses.push(waited);
    }
    expect(pauses).toEqual([...pauses].sort((one, other) => one - other));
    expect(pauses[0]).toBeLessThanOrEqual(3_000);
    expect(pauses[7]).toBeGreaterThan(15_000);
    expect(pauses[7]).toBeLessThanOrEqual(30_000);
  });

  test("nothing is loaded while the panel is closed, and at once when it is opened again", () => {
    const { frame, loads, button, click } = opened();
    loads();
    vi.advanceTimersByTime(LOADED_MS);
    button("关闭").click();
    const first = frame();
    vi.advanceTimersByTime(600_000);
    expect(frame()).toBe(first);
    click();
    expect(frame()).not.toBe(first);
  });

  test("重试 loads the frame at once, and starts the intervals from the shortest", () => {
    const { frame, loads, button } = opened();
    for (let attempt = 0; attempt < 6; attempt++) {
      loads();
      vi.advanceTimersByTime(LOADED_MS + 30_000);
    }
    const last = frame();
    button("重试").click();
    const fresh = frame();
    expect(fresh).not.toBe(last);
    loads();
    vi.advanceTimersByTime(LOADED_MS + 3_000);
    expect(frame()).not.toBe(fresh);
  });

  test("a late `ready` ends the attempts", () => {
    const { frame, says, hear, seen } = opened();
    vi.advanceTimersByTime(LATE_MS);
    const first = frame();
    hear({ type: "ready" });
    vi.advanceTimersByTime(600_000);
    expect([says(LEAD), seen(), frame()]).toEqual([false, true, first]);
  });

  test("a chat that navigates to an error page is replaced, too", () => {
    const { says, loads, hear, seen } = opened();
    hear({ type: "ready" });
    loads();
    vi.advanceTimersByTime(60_000);
    expect(seen()).toBe(true);
    loads();
    vi.advanceTimersByTime(LOADED_MS);
    expect([says(LEAD), seen()]).toEqual([true, false]);
  });

  test.each<[string, Record<string, string>, string | null]>([
    ["of the tag", { phone: "010-1234 5678" }, "tel:01012345678"],
    ["that the chat told last", {}, "tel:073188880120"],
    ["of this site and no other", { site: "north" }, null],
  ])("the hospital's phone %s is shown", (_, marks, href) => {
    const before = opened();
    before.hear({ type: "ready" });
    before.hear({ type: "phone", phone: "0731-8888 0120" });
    sessionStorage.clear();
    const { panel } = opened(marks);
    vi.advanceTimersByTime(LATE_MS);
    const links = [...panel.querySelectorAll("a")].filter((each) => !each.hidden);
    expect(links.map((each) => each.href)).toEqual([...(href === null ? [] : [href]), "tel:120"]);
  });

  test("the panel speaks the tag's language", () => {
    const { says } = opened({ language: "en", phone: "1" });
    vi.advanceTimersByTime(LATE_MS);
    for (const words of [...PANEL_WORDS.en.slice(2), WORDS.en[1]]) expect(says(words)).toBe(true);
  });

  test("the server is asked once for the reason, and one line in the console says if it is unreachable", () => {
    const { root, frame, loads } = opened();
    for (let attempt = 0; attempt < 4; attempt++) {
      loads();
      vi.advanceTimersByTime(LOADED_MS + 30_000);
    }
    const scripts = root.querySelectorAll<HTMLScriptElement>("script[src*=embed]");
    expect(scripts.length).toBe(1);
    expect(scripts[0]?.src).toBe(frame()?.src.replace("/frame", "/embed-check.js"));
    const told = vi.spyOn(console, "error").mockReturnValue();
    scripts[0]?.dispatchEvent(new Event("error"));
    expect(told.mock.calls).toEqual([[`[hchat] ${CHAT} cannot be reached`]]);
  });

  test("the mark of an older loader brings a chat back", () => {
    sessionStorage.setItem("hchat-open-until", String(Date.now() + 60_000));
    expect(embedded().panel.hidden).toBe(false);
  });
});

describe("the mark of a running chat, which all tabs share", () => {
  const KEY = "hchat-open-until demo";
  const LATER = Date.now() + 3_600_000;
  const idle: (() => void)[] = [];
  const isIdle = () => {
    for (const act of idle.splice(0)) act();
  };

  beforeEach(() => {
    idle.splice(0);
    vi.stubGlobal("requestIdleCallback", (act: () => void) => idle.push(act));
  });
  afterEach(() => vi.unstubAllGlobals());

  function stored(key: string | null = KEY) {
    window.dispatchEvent(new StorageEvent("storage", { key }));
  }

  test("the chat's end by the server is kept until the chat says that it is over", () => {
    const { click, hear } = embedded();
    click();
    hear({ type: "until", until: LATER });
    expect(localStorage.getItem(KEY)).toBe(`${LATER}`);
    for (const until of [0, -1, Number.NaN, "words", undefined, null]) {
      localStorage.setItem(KEY, `${LATER}`);
      hear({ type: "until", until });
      expect(localStorage.getItem(KEY)).toBeNull();
    }
  });

  test.each([
    ["live", `${LATER}`, true],
    ["past", "1000", false],
    ["of another site", null, false],
    ["nonsense", "tomorrow", false],
  ])(
    "a mark that is %s: the frame is loaded in a new tab, minimised and when the page is idle",
    (_, mark, loads) => {
      localStorage.setItem("hchat-open-until north", `${LATER}`);
      if (mark !== null) localStorage.setItem(KEY, mark);
      const { panel, frame, hear, launcher } = embedded();
      expect(frame()).toBeNull();
      isIdle();
      expect([panel.hidden, frame() !== null]).toEqual([true, loads]);
      if (!loads) return;
      hear({ type: "ready" });
      hear({ type: "unread", count: 2 });
      expect([panel.hidden, launcher.textContent]).toEqual([true, "在线咨询2"]);
    },
  );

  test("a click before the page is idle loads one frame", () => {
    localStorage.setItem(KEY, `${LATER}`);
    const { click, frame } = embedded();
    click();
    const first = frame();
    isIdle();
    expect(frame()).toBe(first);
  });

  test("a conversation that begins in another tab is loaded here, too", () => {
    const { frame } = embedded();
    stored("something of the page");
    localStorage.setItem(KEY, `${LATER}`);
    stored();
    isIdle();
    expect(frame()).not.toBeNull();
  });

  test.each([
    ["the end", KEY],
    ["everything was removed", null],
  ])("%s in another tab takes the minimised chat away here, with its number of unread words", (_, key) => {
    localStorage.setItem(KEY, `${LATER}`);
    const { frame, launcher, hear, click } = embedded();
    isIdle();
    hear({ type: "ready" });
    hear({ type: "unread", count: 2 });
    localStorage.removeItem(KEY);
    stored(key);
    expect(frame()).toBeNull();
    expect(launcher.querySelectorAll("span")[1]?.hidden).toBe(true);
    expect(embedded().frame()).toBeNull();
    click();
  });

  test("a minimised chat that says that it is over is taken away", () => {
    localStorage.setItem(KEY, `${LATER}`);
    const { frame, hear } = embedded();
    isIdle();
    hear({ type: "until", until: 0 });
    expect(frame()).toBeNull();
  });

  test("a chat that was left says twice that it is over, and stays until it has left the page", () => {
    localStorage.setItem(KEY, `${LATER}`);
    const { frame, hear, click } = embedded();
    click();
    hear({ type: "until", until: 0 });
    hear({ type: "close", done: true });
    hear({ type: "until", until: 0 });
    expect(frame()).not.toBeNull();
  });

  test("an end in another tab leaves an open panel to its frame", () => {
    const { frame, panel, click } = embedded();
    click();
    stored();
    expect([panel.hidden, frame() !== null]).toEqual([false, true]);
  });

  test("a chat in which nothing was written is not loaded again after it was minimised", () => {
    const { click, hear } = embedded();
    click();
    hear({ type: "ready" });
    hear({ type: "until", until: 0 });
    hear({ type: "close", done: false });
    const next = embedded();
    isIdle();
    expect(next.frame()).toBeNull();
  });

  test("a page without storage has no mark, and its chat opens", () => {
    localStorage.setItem(KEY, `${LATER}`);
    const blocked = vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
      throw new Error("blocked");
    });
    const { click, frame } = embedded();
    isIdle();
    expect(frame()).toBeNull();
    click();
    expect(frame()).not.toBeNull();
    blocked.mockRestore();
  });
});

describe("what the tag asks for", () => {
  test("its text, of at most twelve characters", () => {
    expect(embedded({ text: "在线问诊" }).launcher.textContent).toBe("在线问诊");
    expect(embedded({ text: "字".repeat(100) }).launcher.textContent).toBe("字".repeat(12));
  });

  test("its colour and side", () => {
    const { style } = embedded({ color: "#ffff00", position: "left" }).launcher;
    expect([style.color, style.background, style.right]).toEqual(["#000", "#ffff00", ""]);
  });

  test("no launcher: the page opens the chat", () => {
    const { launcher, panel, api } = embedded({ launcher: "false" });
    expect(launcher.hidden).toBe(true);
    api.push(["open"]);
    expect(panel.hidden).toBe(false);
    api.push(["close"]);
    expect([launcher.hidden, panel.hidden]).toEqual([true, true]);
  });
});

describe("the page's own script", () => {
  /** Each event is told in a task of its own. */
  const told = () => new Promise((done) => setTimeout(done));

  test("gives commands before and after the chat is there", async () => {
    const events: unknown[] = [];
    const { panel, hear, api } = embedded({}, [
      ["on", "unread", (count: number) => events.push(count)],
      ["on", "open", () => events.push("open")],
      ["open"],
    ]);
    expect(panel.hidden).toBe(false);
    hear({ type: "ready" });
    hear({ type: "unread", count: 3 });
    api.on?.("close", () => events.push("close"));
    api.close?.();
    await told();
    expect(events).toEqual(["open", 3, "close"]);
    api.open?.();
    expect(panel.hidden).toBe(false);
  });

  test("hides launcher and chat, and shows the launcher again", () => {
    const { panel, launcher, click, api } = embedded();
    click();
    api.push(["hide"]);
    expect([launcher.hidden, panel.hidden]).toEqual([true, true]);
    api.push(["hide", false]);
    expect([launcher.hidden, panel.hidden]).toEqual([false, true]);
  });

  test("says which button opened the chat", () => {
    const { hear, told, api } = embedded({}, [["open", "首页按钮"]]);
    hear({ type: "ready" });
    const pages = () => (told.at(-1) as [{ pages: Page[] }])[0].pages.map(({ parameters }) => parameters?.e);
    expect(pages()).toEqual([undefined, "首页按钮"]);
    api.open?.("x".repeat(200));
    expect(pages()).toEqual([undefined, "首页按钮", "x".repeat(100)]);
    for (const nonsense of [null, 7, {}, Symbol("e")]) api.push(["open", nonsense]);
    expect(pages()).toHaveLength(3);
  });

  test("learns nothing but that something happened", async () => {
    const events: unknown[][] = [];
    const listen = (event: string) => [
      "on",
      event,
      (...values: unknown[]) => events.push([event, ...values]),
    ];
    const { hear, click } = embedded(
      {},
      ["open", "close", "ready", "unread", "phone", "message"].map(listen),
    );
    click();
    hear({ type: "ready", token: "secret" });
    hear({ type: "unread", count: "words of a patient" });
    hear({ type: "message", body: "words of a patient" });
    await told();
    expect(events).toEqual([["open"], ["ready"], ["unread", Number.NaN]]);
  });

  test("is told of a command that does not exist", () => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    embedded({}, [["identfy"], ["constructor"], ["__proto__"]]);
    expect(said.mock.calls.map(([line]) => line)).toEqual(
      ["identfy", "constructor", "__proto__"].map((name) => `[hchat] there is no command "${name}"`),
    );
  });
});

describe("a browser that is too old for the chat", () => {
  function tagged(marks: Record<string, string>) {
    document.body.innerHTML = "";
    const script = document.createElement("script");
    Object.defineProperty(script, "src", { value: `${CHAT}/widget.js` });
    Object.assign(script.dataset, { site: "demo", ...marks });
    const { allSettled } = Promise;
    // biome-ignore lint/suspicious/noExplicitAny: a browser without it
    delete (Promise as any).allSettled;
    start(script);
    Promise.allSettled = allSettled;
    return document.body.querySelector("a");
  }

  test("calls the hospital", () => {
    const link = tagged({ phone: "0731-8888 0120" });
    expect([link?.href, link?.textContent]).toEqual(["tel:073188880120", "医院电话：0731-8888 0120"]);
  });

  test("opens the page that needs no script when the number is unknown", () => {
    expect(tagged({})?.href).toBe(`${CHAT}/chat/demo`);
  });
});

function loaderOnly(marks: Record<string, string> = {}) {
  document.getElementById("hchat")?.remove();
  const script = document.createElement("script");
  Object.defineProperty(script, "src", { value: `${CHAT}/widget.js` });
  Object.assign(script.dataset, { site: "demo", ...marks });
  (window as unknown as { hchat?: unknown }).hchat = undefined;
  start(script);
  return document.getElementById("hchat");
}

test.each<[string, unknown[], string | null]>([
  ["a click", ["open"], "tel:01012345678"],
  ["a page that says who is signed in", ["identify", "token"], null],
  ["a page that listens", ["on", "open", () => {}], null],
])("if the second script cannot be fetched, %s calls the hospital or nobody", (_, command, where) => {
  vi.spyOn(console, "error").mockReturnValue();
  const here = location.href;
  const host = loaderOnly({ phone: "010-1234 5678" }) as Host;
  (window as unknown as { hchat: { push(command: unknown[]): void } }).hchat.push(command);
  host.shadowRoot?.querySelector("script")?.dispatchEvent(new Event("error"));
  const gone = location.href;
  location.href = here;
  expect(gone).toBe(where ?? here);
});

test("a click before the second script has arrived opens the chat when it does", () => {
  const host = loaderOnly() as Host;
  host.shadowRoot?.querySelector("button")?.click();
  runPanel(host);
  expect(host.shadowRoot?.querySelector("div")?.hidden).toBe(false);
});

test("nothing of the chat is printed, and everything is there afterwards", () => {
  const { launcher, panel, click } = embedded();
  const shown = () => [!launcher.hidden, !panel.hidden];
  for (const expected of [
    [true, false],
    [false, true],
  ]) {
    expect(shown()).toEqual(expected);
    window.dispatchEvent(new Event("beforeprint"));
    expect(shown()).toEqual([false, false]);
    window.dispatchEvent(new Event("afterprint"));
    expect(shown()).toEqual(expected);
    if (panel.hidden) click();
  }
});

describe("who is signed in on the page", () => {
  const tokens = (told: unknown[]) =>
    told.map((each) => (each as [{ token?: unknown }])[0].token).filter(Boolean);

  test("the token waits for the frame, is given once, and is stored nowhere", () => {
    const { click, hear, told } = embedded({}, [["identify", "a.b.c"]]);
    expect(told).toEqual([]);
    click();
    hear({ type: "ready" });
    hear({ type: "close" });
    click();
    expect(tokens(told)).toEqual(["a.b.c"]);
    expect(told.every((each) => (each as unknown[])[1] === CHAT)).toBe(true);
    expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toContain("a.b.c");
  });

  test("a frame that is there gets it at once", () => {
    const { api, click, hear, told } = embedded();
    click();
    hear({ type: "ready" });
    api.identify?.("a.b.c");
    expect(told.at(-1)).toMatchObject([{ token: "a.b.c" }, CHAT]);
  });

  test("the page learns yes or no, and nothing else", async () => {
    const events: unknown[] = [];
    const listen = (name: string) => ["on", name, (...values: unknown[]) => events.push([name, ...values])];
    const { click, hear } = embedded({}, ["identified", "identity-refused"].map(listen));
    click();
    hear({ type: "identified", name: "words of a patient" });
    hear({ type: "identity-refused", code: "expired" });
    await vi.waitFor(() => expect(events).toEqual([["identified"], ["identity-refused"]]));
  });
});
