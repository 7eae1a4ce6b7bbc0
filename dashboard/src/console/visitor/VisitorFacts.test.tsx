// @vitest-environment happy-dom
import axe from "axe-core";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Row, VisitShown } from "../../../../widget/src/shared/frames";
import { language } from "../../shared/texts";
import { DeskContext } from "../desk/context";
import { Desk } from "../desk/desk";
import { FakeLink, NOON, row } from "../desk/testing";
import { RequestVisit, VisitorFacts } from "./VisitorFacts";
import { forgetVisits } from "./visits";

const BIDDING = { id: "baidu_ad", zh: "百度竞价", en: "Baidu Ads" };
const GYNECOLOGY = { id: "gynecology", zh: "妇科", en: "Gynaecology" };
const LONG = `https://www.hospital.example/${"very-long-".repeat(40)}`;

const FULL: VisitShown = {
  conversation: "a",
  visits: 3,
  first: {
    at: NOON,
    source: BIDDING,
    page: LONG,
    title: "<img src=x onerror=alert(1)>",
    referrer: "www.baidu.com",
    keyword: "月经不调\u202e怎么办",
    entry: "首页按钮",
  },
  last: { at: NOON, source: { id: "direct", zh: "直接访问", en: "Direct" }, page: "javascript:alert(1)" },
  pages: [
    { at: NOON, page: LONG, title: "首页" },
    { at: NOON + 60_000, page: "https://www.hospital.example/fuke/" },
  ],
  device: "phone",
  region: { province: "湖南省", city: "长沙市", data_date: "2026-10-01" },
  earlier: [
    { id: "b", started_at: NOON - 86_400_000, department: GYNECOLOGY, outcome: "booked", readable: true },
    { id: "c", started_at: NOON - 2 * 86_400_000, department: GYNECOLOGY },
  ],
};

let root: HTMLElement;
let asked: string[];

beforeEach(() => {
  language.value = "zh";
  forgetVisits();
  asked = [];
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

afterEach(() => {
  render(null, root);
  vi.unstubAllGlobals();
});

function answers(...all: (object | number | null)[]) {
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const answer = all.shift() ?? null;
    if (answer === null) throw new TypeError("no network");
    if (typeof answer !== "number") return Response.json(answer);
    return Response.json({ error: { code: "forbidden", retry: "no", details: {} } }, { status: answer });
  });
}

async function shows(id = "a", by: Partial<Row> = {}) {
  const desk = new Desk(new FakeLink().asLink);
  await act(() => {
    render(
      <DeskContext.Provider value={desk}>
        <VisitorFacts key={id} row={row(id, by)} />
      </DeskContext.Provider>,
      root,
    );
  });
}

const settled = () => act(() => new Promise<void>((resolve) => setTimeout(resolve, 5)));
const text = () => root.textContent ?? "";

test("there are placeholders until the server has answered", async () => {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  await shows();
  expect(root.querySelectorAll(".bone").length).toBeGreaterThan(0);
  expect(root.querySelector("[role=status]")?.textContent).toContain("正在载入");
});

test("all that is known is shown, as text, and nothing of strangers is a link", async () => {
  answers(FULL);
  await shows();
  await settled();
  expect(asked).toEqual(["/v1/staff/conversations/a/visit"]);
  for (const words of [
    "百度竞价",
    "直接访问",
    "月经不调",
    "首页按钮",
    "www.baidu.com",
    LONG,
    "<img src=x onerror=alert(1)>",
    "浏览过 2 个页面",
    "手机",
    "湖南省 长沙市",
    "数据日期 2026-10-01",
    "第 3 次咨询",
    "妇科",
  ])
    expect(text()).toContain(words);
  expect(root.querySelector("img")).toBeNull();
  expect(text()).not.toContain("\u202e");
  expect([...root.querySelectorAll("a")].map((each) => each.getAttribute("href"))).toEqual([
    "/transcripts/b",
  ]);
  expect(root.querySelector("details")?.open).toBe(false);
  expect((await axe.run(root)).violations.map(({ id }) => id)).toEqual([]);
});

/** Shows a 留言, whose visit is not yet asked for. Returns what opens it. */
async function showsOfflineMessage() {
  const desk = new Desk(new FakeLink().asLink);
  await act(() => {
    render(
      <DeskContext.Provider value={desk}>
        <RequestVisit kind="offline-messages" id="m" />
      </DeskContext.Provider>,
      root,
    );
  });
  return async () => {
    const details = root.querySelector("details") as HTMLDetailsElement;
    await act(() => {
      details.open = true;
      details.dispatchEvent(new Event("toggle"));
    });
    await settled();
  };
}

test("that of a 留言 is fetched when somebody wants to see it", async () => {
  answers({ ...FULL, conversation: "", visits: 0, earlier: [] });
  const opens = await showsOfflineMessage();
  expect(asked).toEqual([]);
  await opens();
  expect(asked).toEqual(["/v1/staff/offline-messages/m/visit"]);
  expect(text()).toContain("百度竞价");
  expect(text()).not.toContain("首次咨询");
  expect((await axe.run(root)).violations.map(({ id }) => id)).toEqual([]);
});

test("that of a 留言 is fetched each time, since the console is not told when its visitor withdraws", async () => {
  answers(FULL, { locked: true });
  await (await showsOfflineMessage())();
  expect(text()).toContain("月经不调");
  await act(() => render(null, root));
  await (await showsOfflineMessage())();
  expect(asked).toHaveLength(2);
  expect(text()).not.toContain("月经不调");
});

test("sources and departments are named in the reader's language", async () => {
  answers(FULL);
  language.value = "en";
  await shows();
  await settled();
  expect(text()).toContain("Baidu Ads");
  expect(text()).toContain("Gynaecology");
  expect(text()).not.toContain("百度竞价");
});

test("an older widget tells nothing, which is said; what the server knows by itself is shown", async () => {
  answers({ conversation: "a", region: { province: "湖南省" } });
  await shows();
  await settled();
  expect(text()).toContain("没有来源信息");
  expect(text()).toContain("湖南省");
  expect(text()).toContain("首次咨询");
});

test.each([
  [403, "您没有这个操作的权限"],
  [null, "没有载入"],
])("after the answer %s there is a sentence, and 重试 asks again", async (answer, sentence) => {
  answers(answer, FULL);
  await shows();
  await settled();
  expect(root.querySelector("[role=alert]")?.textContent).toContain(sentence);
  await act(() => root.querySelector("button")?.click());
  await settled();
  expect(text()).toContain("百度竞价");
});

test("a conversation that is opened again is not asked for again, and another one is", async () => {
  answers(FULL, { conversation: "b" });
  await shows();
  await settled();
  await shows("b");
  await settled();
  expect(text()).toContain("没有来源信息");
  await shows();
  expect(text()).toContain("百度竞价");
  expect(asked).toHaveLength(2);
});

test("after a withdrawn consent it is asked for again, and the pages are gone from the screen", async () => {
  answers(FULL, { conversation: "a", locked: true });
  await shows();
  await settled();
  expect(text()).toContain("月经不调");
  await shows("a", { locked: "health_withdrawn" });
  expect(text()).not.toContain("月经不调");
  await settled();
  expect(asked.length).toBe(2);
  expect(text()).not.toContain("月经不调");
});
