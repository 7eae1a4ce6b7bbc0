// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { kept } from "./marks";
import { visit } from "./visit";

const KEY = "hchat-visit";
const ORIGIN = "https://www.hospital.example";
const LONG = "字".repeat(600);

/** How the browser came to the page: by a link or an address, by a reload, by Back. */
const [ANEW, RELOADED, BACK] = [0, 1, 2];

let now: number;

beforeEach(() => {
  sessionStorage.clear();
  vi.useFakeTimers();
  vi.spyOn(Date, "now").mockImplementation(() => now);
  now = 1_000_000;
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Opens a page of the hospital's website in this tab. */
function opens(path: string, { referrer = "", title = "页", way = ANEW, store = kept } = {}) {
  vi.clearAllTimers();
  Object.defineProperty(document, "referrer", { value: referrer, configurable: true });
  vi.stubGlobal("performance", { navigation: { type: way } });
  document.title = title;
  goes(path);
  const changed = vi.fn();
  const [pages, add] = visit(store, changed);
  return { pages, add, changed };
}

/** The page changes its address without being loaded. */
function goes(path: string, title = document.title) {
  vi.stubGlobal("location", new URL(path, ORIGIN));
  document.title = title;
}

const stored = () => JSON.parse(sessionStorage.getItem(KEY) ?? "null");

test("the first page has its address without query and fragment, its title, and where it was reached from", () => {
  const { pages } = opens("/fuke/?utm_source=baidu&name=张三#top", {
    referrer: "https://www.baidu.com/s?wd=月经不调&oq=1",
    title: "妇科",
  });
  const expected = {
    at: 1_000_000,
    page: `${ORIGIN}/fuke/`,
    title: "妇科",
    referrer: "https://www.baidu.com/s",
    parameters: { utm_source: "baidu" },
  };
  expect(pages).toEqual([expected]);
  expect(stored()).toEqual([expected]);
});

describe("parameters", () => {
  test.each(
    "utm_source utm_medium utm_campaign utm_term utm_content e from source hmsr hmpl hmcu hmkw hmci planid unit_id keyword e_keywordid e_keyword_id creative plan".split(
      " ",
    ),
  )("%s is kept", (name) => {
    expect(opens(`/?${name}=x`).pages[0]?.parameters).toEqual({ [name]: "x" });
  });

  test.each(
    "bd_vid qhclickid sourceid gclid fbclid msclkid sdclkid ttclid yclid wbraid gbraid dclid _ga clickid logidUrl phone community explanation name token session hm hmxx from2 fuke keywordid2 planet united utm_other utm_ __proto__".split(
      " ",
    ),
  )("%s is not", (name) => {
    const { pages } = opens(`/?${name}=secret&utm_source=baidu`);
    expect(pages[0]?.parameters).toEqual({ utm_source: "baidu" });
    expect(sessionStorage.getItem(KEY)).not.toContain("secret");
  });

  test("a long value is cut", () => {
    expect(opens(`/?utm_term=${LONG}`).pages[0]?.parameters?.utm_term).toHaveLength(100);
  });
});

test("an address and a title that are too long are cut", () => {
  const [page] = opens(`/${"a".repeat(600)}`, {
    title: LONG,
    referrer: `https://a.example/${"b".repeat(600)}`,
  }).pages;
  expect([page?.page.length, page?.title.length, page?.referrer?.length]).toEqual([500, 120, 500]);
});

describe("the trail", () => {
  test("goes on with each page that is loaded in this tab", () => {
    opens("/");
    opens("/fuke/", { referrer: `${ORIGIN}/` });
    const { pages } = opens("/fuke/doctors", { referrer: `${ORIGIN}/fuke/` });
    expect(pages.map(({ page }) => page.slice(ORIGIN.length))).toEqual(["/", "/fuke/", "/fuke/doctors"]);
  });

  test("goes on when a page changes its address by itself, and says so once", () => {
    const { pages, changed } = opens("/app?utm_source=a");
    changed.mockClear();
    goes("/app/doctors?bd_vid=1#x", "医生");
    now += 1_000;
    vi.advanceTimersByTime(1_000);
    expect(changed).toHaveBeenCalledTimes(1);
    expect(pages[1]).toEqual({ at: 1_001_000, page: `${ORIGIN}/app/doctors`, title: "医生" });
    vi.advanceTimersByTime(60_000);
    goes("/app/doctors#y");
    vi.advanceTimersByTime(60_000);
    expect(changed).toHaveBeenCalledTimes(1);
    expect(stored()).toEqual(pages);
  });

  test("leaves the page's own functions for its history alone", () => {
    const before = [history.pushState, history.replaceState];
    opens("/");
    expect([history.pushState, history.replaceState]).toEqual(before);
    expect(Object.keys(history)).toEqual([]);
  });

  test("does not grow by a reload, but by another click on an advertisement for the same page", () => {
    opens("/fuke/?keywordid=1", { referrer: "https://www.baidu.com/" });
    expect(
      opens("/fuke/?keywordid=1", { referrer: "https://www.baidu.com/", way: RELOADED }).pages,
    ).toHaveLength(1);
    const { pages } = opens("/fuke/?keywordid=2", { referrer: "https://www.baidu.com/" });
    expect(pages.map(({ parameters }) => parameters?.keywordid)).toEqual(["1", "2"]);
  });

  test("goes on with Back, which is no other way to the site", () => {
    opens("/?utm_source=a", { referrer: "https://www.baidu.com/" });
    opens("/a");
    const { pages } = opens("/?utm_source=a", { referrer: "https://www.baidu.com/", way: BACK });
    expect(pages).toHaveLength(3);
    expect(pages[2]).toEqual({ at: now, page: `${ORIGIN}/`, title: "页" });
  });

  test.each([ANEW, RELOADED])("has the page again when a button of it opens the chat", (way) => {
    opens("/fuke/?utm_source=a");
    const { pages, add, changed } = opens("/fuke/?utm_source=a", { way });
    changed.mockClear();
    add({ parameters: { e: "首页按钮" } });
    expect(pages[pages.length - 1]).toMatchObject({ page: `${ORIGIN}/fuke/`, parameters: { e: "首页按钮" } });
    expect(pages[0]?.parameters).toEqual({ utm_source: "a" });
    expect([stored(), changed.mock.calls.length]).toEqual([pages, 1]);
  });

  test("keeps thirty pages, the first one among them", () => {
    for (let page = 0; page < 40; page++) opens(`/${page}`);
    const { pages } = opens("/40");
    expect(pages.map(({ page }) => page.slice(ORIGIN.length + 1))).toEqual([
      "0",
      ...Array.from({ length: 29 }, (_, place) => `${place + 12}`),
    ]);
    expect(stored()).toHaveLength(30);
  });
});

describe("storage that cannot be used", () => {
  test.each([
    "",
    "null",
    "1",
    '"words"',
    "{}",
    '{"length":3}',
    "[null]",
    "[1]",
    '[{"page":1,"title":"t"}]',
    "[[]]",
    "{",
    "[",
    '{"every":1}',
    "<html>",
  ])("that holds %s begins anew", (value) => {
    sessionStorage.setItem(KEY, value);
    expect(opens("/").pages).toMatchObject([{ page: `${ORIGIN}/` }]);
    expect(stored()).toHaveLength(1);
  });

  test("that is blocked or full: the visit is kept as long as the page", () => {
    for (const name of ["getItem", "setItem"] as const)
      vi.spyOn(Storage.prototype, name).mockImplementation(() => {
        throw new Error("blocked");
      });
    const { pages } = opens("/?utm_source=a");
    goes("/b");
    vi.advanceTimersByTime(1_000);
    expect(pages).toMatchObject([{ parameters: { utm_source: "a" } }, { page: `${ORIGIN}/b` }]);
  });
});

describe("a page that has spoilt the browser's functions", () => {
  const fails = () => {
    throw new Error("spoilt");
  };
  test.each<[string, object, string]>([
    ["JSON.stringify", JSON, "stringify"],
    ["JSON.parse", JSON, "parse"],
    ["Array.prototype.every", Array.prototype, "every"],
    ["URLSearchParams.prototype.forEach", URLSearchParams.prototype, "forEach"],
    ["Date.now", Date, "now"],
    ["String.prototype.replace", String.prototype, "replace"],
    ["String.prototype.slice", String.prototype, "slice"],
  ])("%s: nothing is thrown into it, now or later", (_, of, name) => {
    opens("/");
    const before = Object.getOwnPropertyDescriptor(of, name) as PropertyDescriptor;
    Object.defineProperty(of, name, { ...before, value: fails });
    const thrown: unknown[] = [];
    try {
      visit(kept, () => {});
      vi.advanceTimersByTime(5_000);
    } catch (error) {
      thrown.push(error);
    } finally {
      Object.defineProperty(of, name, before);
    }
    expect(thrown).toEqual([]);
  });

  test.each(["title", "referrer"])("an element instead of document.%s: nothing is thrown", (name) => {
    opens("/");
    vi.spyOn(document, name as "title", "get").mockReturnValue(
      document.createElement("img") as unknown as string,
    );
    expect(() => visit(kept, () => {})).not.toThrow();
  });
});
