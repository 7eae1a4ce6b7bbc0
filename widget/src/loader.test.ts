// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import en from "../texts/en.po";
import zh from "../texts/zh.po";
import { CLOSED, start, WORDS } from "./loader";

const CHAT = "https://chat.hospital.example";

beforeEach(() => {
  document.body.innerHTML = "";
  sessionStorage.clear();
  // The frame's page is empty; without one happy-dom would complain aloud.
  const { happyDOM } = window as unknown as { happyDOM: { settings: Record<string, unknown> } };
  happyDOM.settings.enableIframePageLoading = true;
  happyDOM.settings.fetch = { interceptor: { beforeAsyncRequest: async () => new Response("") } };
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {} }));
  vi.stubGlobal("visualViewport", { offsetTop: 0, height: 740, addEventListener: () => {} });
});

function embedded(marks: Record<string, string> = {}) {
  const script = document.createElement("script");
  // A source of its own would be fetched.
  Object.defineProperty(script, "src", { value: `${CHAT}/widget.js` });
  Object.assign(script.dataset, { site: "demo", department: "gynecology", ...marks });
  document.getElementById("hchat")?.remove(); // the page before
  start(script);
  const root = document.getElementById("hchat")?.shadowRoot;
  const launcher = root?.querySelector("button");
  const panel = root?.querySelector("div");
  if (!root || !launcher || !panel) throw new Error("no launcher");
  const frame = () => root.querySelector("iframe");
  const told: unknown[] = [];
  // Each frame has a window of its own, as in a browser.
  const inside = { postMessage: (message: unknown, to: unknown) => told.push([message, to]) };
  const give = () =>
    frame() && Object.defineProperty(frame(), "contentWindow", { value: inside, writable: true });
  give();
  const hear = (data: unknown, origin = CHAT, source: unknown = frame()?.contentWindow) => {
    const event = new MessageEvent("message", { data, origin });
    Object.defineProperty(event, "source", { value: source });
    window.dispatchEvent(event);
  };
  const click = () => {
    launcher.click();
    give();
  };
  return { launcher, panel, frame, hear, click, told };
}

test("nothing is loaded before the first click, and only one frame after several", () => {
  const { frame, click, hear } = embedded();
  expect(frame()).toBeNull();
  click();
  const first = frame();
  hear({ type: "close" });
  click();
  expect(frame()).toBe(first);
});

test("the frame is told the site, the department, the language and the page's origin, and no path", () => {
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

test("messages of another origin or another window are not heard", () => {
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

test("what is told goes to the chat's origin alone, once it is ready", () => {
  const { click, hear, told } = embedded();
  click();
  expect(told).toEqual([]);
  hear({ type: "ready" });
  hear({ type: "close" });
  expect(told.map((each) => (each as unknown[])[1])).toEqual([CHAT, CHAT]);
});

test("unread messages show on the launcher", () => {
  const { launcher, click, hear } = embedded();
  click();
  hear({ type: "unread", count: 2 });
  expect(launcher.textContent).toBe("在线咨询2");
  hear({ type: "unread", count: 0 });
  expect(launcher.querySelectorAll("span")[1]?.hidden).toBe(true);
});

test("an open chat comes back on the next page, one put away is loaded unseen, an ended one is not", () => {
  const first = embedded();
  first.click();
  const next = embedded();
  expect([next.panel.hidden, next.frame() !== null]).toEqual([false, true]);
  next.hear({ type: "close", done: false });
  const third = embedded();
  expect([third.panel.hidden, third.frame() !== null]).toEqual([true, true]);
  third.click();
  third.hear({ type: "close", done: true });
  expect(embedded().frame()).toBeNull();
});

test("the chat's language is the launcher's", () => {
  const { launcher, click, hear } = embedded();
  click();
  hear({ type: "locale", language: "en" });
  expect(launcher.textContent).toContain("Chat with us");
});

test("the launcher says what the catalogue says", () => {
  expect(WORDS).toEqual({ zh: zh["launcher.label"], en: en["launcher.label"] });
});

test("the launcher says 留言 while nobody serves, in the language chosen, and asks again afterwards", () => {
  const { launcher, click, hear } = embedded();
  click();
  hear({ type: "hours", closed: true });
  expect(launcher.textContent).toContain(CLOSED.zh);
  hear({ type: "locale", language: "en" });
  expect(launcher.textContent).toContain(CLOSED.en);
  hear({ type: "hours", closed: false });
  expect(launcher.textContent).toContain(WORDS.en);
});

test("what the launcher says while nobody serves is what the form is called", () => {
  expect(CLOSED).toEqual({ zh: zh["leave.title"], en: en["leave.title"] });
});
