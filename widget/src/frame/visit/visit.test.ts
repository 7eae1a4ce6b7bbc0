// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Chat } from "../chat/chat";
import { checked, follow, visitOf } from "./visit";

const SITE = "https://www.hospital.example";
const BAIDU = "https://www.baidu.com/s";

beforeEach(() => {
  onScreen("fine", 1440);
});

function onScreen(pointer: "fine" | "coarse", px: number) {
  vi.stubGlobal("matchMedia", (query: string) => ({ matches: query.includes(pointer) }));
  vi.stubGlobal("screen", { width: px, height: 2 * px });
}

function page(path: string, differs: object = {}) {
  return { at: 1, page: SITE + path, title: path, ...differs };
}

const visit = (...pages: unknown[]) => visitOf(checked(pages));

describe("the messages of the page", () => {
  test.each([
    [undefined],
    [null],
    ["words"],
    [{}],
    [[null, 1, "x", [], {}]],
    [[{ ...page("/"), at: "1" }]],
    [[{ ...page("/"), at: -1 }]],
    [[{ ...page("/"), at: Number.NaN }]],
    [[{ ...page("/"), page: "javascript:alert(1)" }]],
    [[{ ...page("/"), page: 7 }]],
  ])("%j makes no visit", (told) => {
    expect(visitOf(checked(told))).toBeNull();
  });

  test("texts are cut, and cleaned of what no server takes", () => {
    const found = visit(
      page("/?phone=1#x", {
        title: `\ud83d 妇\u0000科\n${"字".repeat(200)}`,
        referrer: `android-app://x`,
        parameters: { utm_term: `${"a".repeat(99)}😀`, "": "x", ["n".repeat(41)]: "x", utm_id: 7 },
      }),
    );
    expect(found?.first.page).toBe(`${SITE}/`);
    expect(found?.first.title).toMatch(/^妇科 字+$/);
    expect(found?.first.title?.length).toBeLessThanOrEqual(120);
    expect(found?.first.referrer).toBe("");
    expect(found?.first.parameters).toEqual({ utm_term: "a".repeat(99), utm_id: "" });
  });

  test("of many parameters twelve are kept", () => {
    const parameters = Object.fromEntries(Array.from({ length: 50 }, (_, each) => [`utm_${each}`, "x"]));
    expect(Object.keys(visit(page("/", { parameters }))?.first.parameters ?? {})).toHaveLength(12);
  });

  test("of many pages thirty are kept, the first one among them", () => {
    const found = visit(...Array.from({ length: 1000 }, (_, each) => page(`/${each}`)));
    expect(found?.pages?.map(({ title }) => title)).toEqual([
      "/0",
      ...Array.from({ length: 29 }, (_, each) => `/${each + 971}`),
    ]);
  });

  test("the whole takes at most 8 KiB: the oldest pages are left out", () => {
    const long = "字".repeat(120);
    const found = visit(...Array.from({ length: 30 }, (_, each) => page(`/${each}`, { title: long })));
    expect(new TextEncoder().encode(JSON.stringify(found)).length).toBeLessThanOrEqual(8192);
    expect(found?.first.page).toBe(`${SITE}/0`);
    expect(found?.pages?.[found.pages.length - 1]?.page).toBe(`${SITE}/29`);
  });
});

describe("how the visitor came last", () => {
  const first = page("/", { referrer: BAIDU, parameters: { utm_source: "a" } });
  test.each([
    ["a link of the site itself", page("/b", { referrer: `${SITE}/`, parameters: {} }), false],
    ["a page that came in place", page("/b"), false],
    ["an address typed", page("/b", { referrer: "", parameters: {} }), false],
    ["another website", page("/b", { referrer: "https://m.so.com/", parameters: {} }), true],
    ["parameters", page("/b", { referrer: "", parameters: { utm_source: "b" } }), true],
    ["the first way again, by Back", { ...first, at: 9 }, false],
    ["another click on the same page", { ...first, parameters: { utm_source: "b" } }, true],
  ])("%s", (_, again, counts) => {
    const found = visit(first, page("/x"), again, page("/y"));
    expect(found?.last?.page).toBe(counts ? (again as typeof first).page : undefined);
  });
});

test.each([
  ["coarse", 360, "phone"],
  ["coarse", 800, "tablet"],
  ["fine", 1440, "desktop"],
] as const)("a %s pointer and %d px are a %s", (pointer, px, device) => {
  onScreen(pointer, px);
  expect(visit(page("/"))?.device).toBe(device);
});

describe("the pages during a conversation", () => {
  type Sent = { conversation: string; until: number } | null;

  function chatting(
    conversation: string | null,
    differs: { sent?: number; known?: Sent; state?: string; live?: boolean; since?: number } = {},
  ) {
    const told: object[] = [];
    const { sent = null, known = null, state = "active", live = true, since = 0 } = differs;
    const chat = {
      door: { since },
      state: { conversation, live, standing: { state } },
      messages: { visit: null, sentVisit: sent, tell: (frame: object) => told.push(frame) },
      tabStorage: { visit: known },
    };
    return { chat: chat as unknown as Chat, told };
  }
  const pages = [page("/", { at: 1 }), page("/b", { at: 2 }), page("/c", { at: 3 })];

  test("nothing is sent before there is a conversation; the visit is ready for it", () => {
    const { chat, told } = chatting(null);
    follow(chat, pages);
    expect(told).toEqual([]);
    expect(chat.messages.visit?.pages).toHaveLength(3);
  });

  test("those of somebody who has left are neither ready for it nor sent", () => {
    const opening = chatting(null, { since: 3 });
    follow(opening.chat, pages);
    expect(opening.chat.messages.visit?.pages).toMatchObject([{ page: `${SITE}/c` }]);
    const open = chatting("c", { sent: 1, since: 3 });
    follow(open.chat, pages);
    expect(open.told).toMatchObject([{ page: `${SITE}/c` }]);
    const nothing = chatting(null, { since: 4 });
    follow(nothing.chat, pages);
    expect(nothing.chat.messages.visit).toBeNull();
  });

  test("those that are newer than what opened it are sent once", () => {
    const { chat, told } = chatting("c", { sent: 1 });
    follow(chat, pages);
    follow(chat, pages);
    expect(told).toEqual([
      { type: "visit.page", conversation: "c", page: `${SITE}/b`, title: "/b" },
      { type: "visit.page", conversation: "c", page: `${SITE}/c`, title: "/c" },
    ]);
  });

  test.each<[string, Parameters<typeof chatting>[1]]>([
    ["one that was opened without a visit", {}],
    ["one of another visit", { known: { conversation: "other", until: 0 } }],
    ["an ended one", { sent: 1, state: "closed" }],
    ["one that is still being read", { sent: 1, live: false }],
  ])("nothing is sent to %s", (_, differs) => {
    const { chat, told } = chatting("c", differs);
    follow(chat, pages);
    expect(told).toEqual([]);
  });

  test("after the next page was loaded they go on where they were", () => {
    const { chat, told } = chatting("c", { known: { conversation: "c", until: 2 } });
    follow(chat, pages);
    expect(told).toMatchObject([{ page: `${SITE}/c` }]);
  });
});
