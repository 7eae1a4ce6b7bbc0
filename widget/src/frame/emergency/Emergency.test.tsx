// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Entry, Standing } from "../../shared/frames";
import type { Chat } from "../chat/chat";
import type { Pending } from "../chat/state";
import { Emergency } from "./Emergency";
import * as lookout from "./lookout";

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  tabStorage.putAway = [];
  const own = { kind: "body", level: "critical", words: ["雷公藤"], only_in: [], not_in: ["d7"] };
  const words = { emergency: [own], departments: {} };
  vi.stubGlobal("fetch", async () => ({ ok: true, json: async () => words }));
  document.body.replaceChildren(root);
});

const noticed = (emergency: string, seq: number) =>
  ({ seq, kind: "event", event: { name: "emergency_noticed", emergency } }) as unknown as Entry;

interface Rest {
  left?: string;
  /** The texts that the server has not answered. */
  pending?: string[];
  draft?: string;
  conversation?: string | null;
  connection?: string;
  looks?: boolean;
}

const tabStorage = { putAway: [] as string[] };

function draw(kinds: string[], standing: Partial<Standing> | null, rest: Rest = {}) {
  const { left, pending = [], conversation = "c", connection = "live", looks = false, draft = "" } = rest;
  const state = {
    conversation,
    entries: kinds.map(noticed),
    pending: pending.map((body) => ({ body, conversation, department: "" }) as Pending),
    standing: standing && { type: "conversation", conversation: "c", department: "d", ...standing },
    site: { id: "demo", emergency_phone: "0731-1234 5678", departments: [] },
  };
  const chat = {
    state,
    tabStorage,
    draft,
    connection: { state: connection },
    offlineMessage: { sent: null, left: left === undefined ? null : { emergency: left } },
  };
  return act(() =>
    render(<Emergency chat={chat as unknown as Chat} lookout={looks ? lookout : null} />, root),
  );
}

const calls = () => [...root.querySelectorAll("a")].map((link) => link.getAttribute("href"));
const ALONE = "不会有人马上看到这条消息，请不要等待回复。";

test("a bodily emergency names 120 and the campus's own number", async () => {
  await draw(["body"], { state: "waiting", service: "free" });
  expect(calls()).toEqual(["tel:120", "tel:073112345678"]);
  expect(root.textContent).not.toContain(ALONE);
});

test("distress names the support line, 120 and 110", async () => {
  await draw(["mind"], { state: "active" });
  expect(calls()).toEqual(["tel:12356", "tel:120", "tel:110"]);
});

test("self-harm that was done shows both texts, the one for the body first", async () => {
  await draw(["mind", "body"], { state: "waiting", service: "busy" });
  expect(calls()).toEqual(["tel:120", "tel:073112345678", "tel:12356", "tel:110"]);
});

test("suspected abuse shows nothing that a person beside the visitor could read", async () => {
  await draw([], { state: "waiting", service: "nobody" });
  const always = root.innerHTML;
  await draw(["protect"], { state: "waiting", service: "nobody" });
  expect(root.innerHTML).toBe(always);
  expect(root.querySelector(".banner")).toBeNull();
});

test.each([
  { state: "waiting", service: "nobody" },
  { state: "waiting", service: "closed" },
  { state: "waiting", nobody: true },
] as const)("the banner says so when nobody is there to read: %j", async (standing) => {
  await draw(["body"], standing);
  expect(root.textContent).toContain(ALONE);
});

test("after a 留言 the banner says that nobody reads it at once", async () => {
  await draw([], null, { left: "body" });
  expect(root.textContent).toContain(ALONE);
});

describe("texts that the server has not answered", () => {
  const drawn = (kinds: string[], standing: Partial<Standing> | null, rest: Rest) =>
    draw(kinds, standing, { ...rest, looks: true });

  test("offline, the first words show the banner with 120, and that nobody reads them yet", async () => {
    await drawn([], null, { pending: ["我爸突然胸痛"], conversation: null, connection: "waiting" });
    expect(calls()).toEqual(["tel:120", "tel:073112345678"]);
    expect(root.textContent).toContain("这条消息还没有发出");
    expect(root.textContent).not.toContain(ALONE);
  });

  test.each([
    ["while the first text is under way, nothing else can be sent", ["请问几点上班"], null, true],
    ["with a conversation it is sent", ["请问几点上班"], "c", false],
    ["with nothing under way it is sent", [], null, false],
  ])("words in the box count where they cannot be sent: %s", async (_, pending, conversation, counts) => {
    await drawn([], null, { pending, conversation, draft: "我爸突然胸痛", connection: "waiting" });
    expect(root.querySelector(".banner") !== null).toBe(counts);
  });

  test("distress names the support line", async () => {
    await drawn([], null, { pending: ["我不想活了"], conversation: null, connection: "waiting" });
    expect(calls()).toEqual(["tel:12356", "tel:120", "tel:110"]);
  });

  test.each(["没有胸痛", "请问几点上班", "有个女孩才12岁怀孕了"])("%s shows no banner", async (text) => {
    await drawn([], null, { pending: [text], conversation: null, connection: "waiting" });
    expect(root.querySelector(".banner")).toBeNull();
  });

  test("when the server says the same, it is still the one banner", async () => {
    await drawn([], null, { pending: ["我爸突然胸痛"], conversation: null, connection: "waiting" });
    const before = root.querySelector(".banner");
    await drawn(["body"], { state: "waiting", service: "free" }, {});
    expect(root.querySelectorAll(".banner").length).toBe(1);
    expect(root.querySelector(".banner")).toBe(before);
  });

  test("a banner that was closed before the server answered stays closed", async () => {
    await drawn([], null, { pending: ["我爸突然胸痛"], conversation: null, connection: "waiting" });
    await act(() => root.querySelector<HTMLButtonElement>(".banner-close")?.click());
    expect(root.querySelector(".banner")).toBeNull();
    await drawn(["body"], { state: "waiting", service: "free" }, {});
    expect(root.querySelector(".banner")).toBeNull();
    await drawn(["mind", "body"], { state: "waiting", service: "free" }, {});
    expect(root.querySelector(".banner-mind")).not.toBeNull();
  });

  test("the hospital's own words count, where it says so", async () => {
    // They are asked for with the first look.
    await vi.waitFor(async () => {
      await drawn([], null, { pending: ["喝了雷公藤"], conversation: null, connection: "waiting" });
      expect(calls()).toEqual(["tel:120", "tel:073112345678"]);
    });
    const chat = { state: { site: { id: "demo", departments: [] } } } as unknown as Chat;
    expect(lookout.emergencyIn(chat, "喝了雷公藤", "d7")).toBeNull();
  });

  test("the words are judged by the department's field, as at the server", () => {
    const departments = [{ id: "d7", zh: "肛肠科", en: "Proctology" }];
    const chat = { state: { site: { id: "demo", departments } } } as unknown as Chat;
    expect(lookout.emergencyIn(chat, "便血三天了", "")?.kinds).toEqual(["body"]);
    expect(lookout.emergencyIn(chat, "便血三天了", "d7")).toBeNull();
  });
});
