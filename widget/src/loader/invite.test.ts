// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { showCard } from "./card";
import { type Invited, SILENCE_MS, watch } from "./invite";
import type { Command, Host, Parts } from "./parts";

const DAY_S = 24 * 60 * 60;
const RULES = { after_s: 30, pages: 1, referrers: [], departments: [], minors: [] };
const REFUSED = "hchat-invitation-refused-until";

beforeEach(() => {
  const { happyDOM } = window as unknown as { happyDOM: { settings: Record<string, unknown> } };
  happyDOM.settings.enableIframePageLoading = true;
  vi.useFakeTimers();
  sessionStorage.clear();
  localStorage.clear();
  document.body.innerHTML = "";
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page of the site, on which `seconds` pass; `chatted`: the chat is opened before. */
function page({ seconds = 31, rules = RULES, mode = "", chatted = false } = {}) {
  const host = document.createElement("div") as HTMLElement & { invited?: Invited };
  const root = host.attachShadow({ mode: "open" });
  const launcher = document.createElement("button");
  root.append(launcher);
  document.body.append(host);
  const asked: string[] = [];
  const pushed: Command[] = [];
  const told: string[] = [];
  const api = { queue: [], push: (command: Command) => void pushed.push(command) };
  Object.assign(host, {
    count: (kind: string) => told.push(kind),
    happens: (event: string) => told.push(event),
  });
  const run = (path: string) => void asked.push(path);
  const parts = ["demo", "", mode, "", "", "zh", "https://chat.example", root, launcher, null, "", run, api];
  watch(host as Host, parts as unknown as Parts, rules);
  const opened = () => {
    for (const [name, event, heard] of pushed) {
      if (name === "on" && event === "open") (heard as () => void)();
    }
  };
  if (chatted) opened();
  vi.advanceTimersByTime(seconds * 1000);
  const card = () => root.querySelector<HTMLElement>("[role=dialog]");
  const answers = () => {
    if (host.invited) showCard(host.invited);
    vi.advanceTimersByTime(20);
  };
  const press = (label: string) => {
    const all = [...(card()?.querySelectorAll("button") ?? [])];
    const found = all.find((each) => (each.getAttribute("aria-label") ?? each.textContent) === label);
    if (!found) throw new Error(`no button ${label}`);
    found.click();
  };
  return { asked, answers, card, press, pushed, told, root, launcher, host };
}

test("nothing is asked before the time, and one thing afterwards; the server's answer shows the card", () => {
  expect(page({ seconds: 29 }).asked).toEqual([]);
  const { asked, card, answers, told } = page();
  expect(asked).toEqual(["/widget-invitation.js?site=demo&department="]);
  expect([card(), told]).toEqual([null, []]);
  answers();
  expect(card()?.querySelector("[role=status]")?.textContent).toBe("需要帮忙吗？可以在线问咨询员。");
  expect(told).toEqual(["invited", "invitation"]);
});

test("no second card in the same visit, whatever was done with the first", () => {
  page().answers();
  expect(page().asked).toEqual([]);
});

test("accepting opens the chat, and is counted", () => {
  const { answers, press, pushed, told, card } = page();
  answers();
  press("现在咨询");
  expect(pushed[pushed.length - 1]).toEqual(["open"]);
  expect([card(), told]).toEqual([null, ["invited", "invitation", "accepted"]]);
});

test.each([["暂不需要"], ["关闭"], ["Escape"]])("%s keeps silence for a day, in every visit", (way) => {
  const { answers, press, card } = page();
  answers();
  if (way === "Escape") card()?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  else press(way);
  expect(card()).toBeNull();
  sessionStorage.clear();
  vi.setSystemTime(Date.now() + (DAY_S - 60) * 1000);
  expect(page().asked).toEqual([]);
  vi.setSystemTime(Date.now() + 60_000);
  expect(page().asked).toHaveLength(1);
});

test("after a chat nobody is invited for a day, however it ended", () => {
  expect(page({ chatted: true }).asked).toEqual([]);
  sessionStorage.clear();
  expect(page().asked).toEqual([]);
});

test("while another tab has a conversation nobody is invited, also when it began after the server's answer", () => {
  const { answers, card } = page();
  localStorage.setItem("hchat-open-until demo", `${Date.now() + 60_000}`);
  answers();
  expect(card()).toBeNull();
  expect(page().asked).toEqual([]);
});

test("the choice of 长辈版 keeps silence until it is taken back, and the mark does not say why", () => {
  const { root } = page({ seconds: 1 });
  const frame = root.appendChild(document.createElement("iframe"));
  const inside = {};
  Object.defineProperty(frame, "contentWindow", { value: inside });
  const says = (on: boolean, origin = "https://chat.example", source: unknown = inside) => {
    const event = new MessageEvent("message", { data: { type: "quiet", on }, origin });
    Object.defineProperty(event, "source", { value: source });
    window.dispatchEvent(event);
  };
  says(true, "https://evil.example");
  says(true, "https://chat.example", window);
  expect(localStorage.getItem(REFUSED)).toBeNull();
  says(false);
  expect(localStorage.getItem(REFUSED)).toBeNull();
  says(true);
  expect(Number(localStorage.getItem(REFUSED)) - Date.now()).toBeGreaterThan(1_000 * SILENCE_MS);
  says(false);
  expect(Number(localStorage.getItem(REFUSED)) - Date.now()).toBe(SILENCE_MS);
});

test("in 长辈版 by the tag or the address nothing is asked", () => {
  expect(page({ mode: "elder" }).asked).toEqual([]);
  history.replaceState(null, "", "/?mode=elder");
  expect(page().asked).toEqual([]);
  history.replaceState(null, "", "/");
});

test("pages of the visit are counted, and its first page says where it came from", () => {
  vi.spyOn(document, "referrer", "get").mockReturnValueOnce("https://m.baidu.com/s?wd=secret");
  const rules = { ...RULES, pages: 2, referrers: ["baidu.com"] } as unknown as typeof RULES;
  expect(page({ rules }).asked).toEqual([]);
  expect(sessionStorage.getItem("hchat-invitation")).not.toContain("secret");
  expect(page({ rules }).asked).toHaveLength(1);
});

test("whoever writes in a form of the page is not disturbed", () => {
  document.body.innerHTML = "<input id='name'>";
  const field = document.getElementById("name") as HTMLInputElement;
  field.focus();
  const { asked } = page();
  expect(asked).toEqual([]);
  field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  field.blur();
  vi.advanceTimersByTime(1_000);
  expect(asked).toHaveLength(1);
});

test.each(["sessionStorage", "localStorage"] as const)(
  "without %s nobody is invited, because a refusal could not be remembered",
  (storage) => {
    const blocked = vi.spyOn(window, storage, "get").mockImplementation(() => {
      throw new Error("blocked");
    });
    expect(page().asked).toEqual([]);
    blocked.mockRestore();
    expect(page().asked).toHaveLength(1);
  },
);

test("the card takes no focus", () => {
  document.body.innerHTML = "<a href='#' id='link'>page</a>";
  document.getElementById("link")?.focus();
  const { answers, root } = page();
  answers();
  expect([document.activeElement?.id, root.activeElement]).toEqual(["link", null]);
});
