// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Entry, QuickQuestion, Standing } from "../../shared/frames";
import { SITE } from "../../shared/link/fakes";
import type { Chat } from "../chat/chat";
import { UNSURE } from "../chat/hours";
import { Messages } from "../chat/messages";
import { Answers, Questions } from "./Questions";
import { Suggestion } from "./Suggestion";
import { suggested } from "./suggested";

const WORDS: [string, string[]][] = [
  ["gynecology", ["月经", "白带"]],
  ["pediatrics", ["宝宝", "疫苗", "Baby"]],
];
const QUESTIONS: QuickQuestion[] = [
  {
    id: "where",
    kind: "address",
    question_zh: "医院在哪里？",
    question_en: "Where is it?",
    answer_zh: "康宁路 18 号。",
    answer_en: "18 Kangning Road.",
  },
  { id: "results", kind: "other", question_zh: "我想问检查结果。", question_en: "About my results." },
];

let root: HTMLElement;
let sent: Record<string, unknown>[];
let told: Record<string, unknown>[];
let chat: Chat;
const choose = vi.fn();

function fresh(by: { standing?: Standing; entries?: Entry[]; draft?: string; hours?: unknown[] } = {}) {
  sent = [];
  told = [];
  const link = {
    request: (frame: Record<string, unknown>) => {
      sent.push(frame);
      return Promise.resolve();
    },
    tell: (frame: Record<string, unknown>) => told.push(frame),
  };
  const { standing = null, entries = [], draft = "", hours = [] } = by;
  const state = {
    site: { ...SITE, questions: QUESTIONS },
    standing,
    entries,
    hours,
    pending: [],
    conversation: standing?.conversation ?? null,
  };
  const made = {
    state,
    draft,
    serverNow: 0,
    tabStorage: { putAway: [] as string[] },
    language: () => "zh",
    write(text: string) {
      made.draft = text;
      draw();
    },
  };
  const messages = new Messages(link as never, made as never, { choices: [] }, () => {});
  chat = Object.assign(made, { messages }) as unknown as Chat;
}

const box = { current: document.createElement("textarea") };

function draw() {
  act(() =>
    render(
      <>
        <ol>
          <Answers chat={chat} />
        </ol>
        <Questions chat={chat} box={box} />
        <Suggestion chat={chat} chosen="" onChoose={choose} />
      </>,
      root,
    ),
  );
}

/** Also after the words of the site have come. */
async function drawn() {
  draw();
  await act(async () => {
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
}

const buttons = () => [...root.querySelectorAll("button")].map(({ textContent }) => textContent);
const tap = (label: string) =>
  act(() => [...root.querySelectorAll("button")].find(({ textContent }) => textContent === label)?.click());

function standing(department: string, state: "waiting" | "active" | "closed" = "waiting"): Standing {
  return { type: "conversation", conversation: "c", state, department };
}

function said(body: string): Entry {
  return {
    seq: 2,
    kind: "message",
    author: { kind: "visitor" },
    body,
    conversation: "c",
  } as unknown as Entry;
}

beforeEach(() => {
  root = document.createElement("div");
  document.body.replaceChildren(root);
  choose.mockReset();
  const answer = { emergency: [], departments: Object.fromEntries(WORDS) };
  vi.stubGlobal("fetch", async () => ({ ok: true, json: async () => answer }));
});

afterEach(() => act(() => render(null, root)));

test.each([
  ["月经推迟了", "gynecology"],
  ["宝宝的疫苗，还有月经", "pediatrics"],
  ["BABY 发烧", "pediatrics"],
  ["月经和宝宝", "gynecology"],
  ["几点上班", ""],
  ["", ""],
])("%s suggests %j", (text, department) => {
  expect(suggested(text, WORDS)).toBe(department);
});

test("while typing, the department is suggested, and one tap chooses it before anything is sent", async () => {
  fresh({ draft: "月经推迟了" });
  await drawn();
  expect(root.querySelector("[role=status]")?.textContent).toBe("您的问题像是妇科的。");
  tap("是，改为咨询妇科");
  expect(choose).toHaveBeenCalledWith("gynecology");
  expect(sent).toEqual([]);
});

test.each(["waiting", "active"] as const)(
  "in a %s conversation without a department, the tap tells the server",
  async (state) => {
    fresh({ standing: standing(UNSURE, state), entries: [said("宝宝发烧")] });
    await drawn();
    tap("是，改为咨询儿科");
    expect(sent).toMatchObject([
      { type: "conversation.department", conversation: "c", department: "pediatrics" },
    ]);
  },
);

test("whoever says no is not asked again, and the next likely department is not pressed on them", async () => {
  fresh({ standing: standing(UNSURE), entries: [said("宝宝发烧")] });
  await drawn();
  tap("不是");
  expect(buttons()).toEqual([]);
  expect(chat.tabStorage.putAway).toEqual(["c no-pediatrics"]);
  expect(sent).toEqual([]);
});

test.each([
  { what: "a department is known", standing: standing("gynecology") },
  {
    what: "nobody serves it at this hour",
    standing: standing(UNSURE),
    hours: [{ department: "pediatrics", open: false }],
  },
])("nothing is suggested where $what", async ({ standing, hours = [] }) => {
  fresh({ standing, entries: [said("宝宝发烧")], hours });
  await drawn();
  expect(buttons()).toEqual([]);
});

test("in an emergency nothing is suggested", async () => {
  const noticed = { seq: 1, kind: "event", event: { name: "emergency_noticed", emergency: "body" } };
  fresh({ standing: standing(UNSURE), entries: [noticed as unknown as Entry, { ...said("宝宝抽搐") }] });
  noticed.seq = 1;
  (chat.state.entries[0] as unknown as { author: object }).author = { kind: "system" };
  await drawn();
  expect(buttons()).toEqual([]);
});

test("a question is answered at once, marked as automatic, without anything being sent", async () => {
  fresh();
  await drawn();
  tap("医院在哪里？");
  expect(root.querySelector("ol")?.textContent).toContain("自动回复康宁路 18 号。");
  expect(buttons()).toEqual(["我想问检查结果。"]);
  expect(sent).toEqual([]);
  tap("我想问检查结果。");
  expect(told).toEqual([{ type: "question.tap", question: "where" }]);
});

test("the conversation begins with what was answered, and shows it from the transcript", async () => {
  fresh();
  await drawn();
  tap("医院在哪里？");
  chat.messages.send("谢谢", "");
  expect(sent).toMatchObject([{ type: "conversation.open", body: "谢谢", answered: ["where"] }]);
  expect(sent[0]).not.toHaveProperty("department");
  const answered = [{ kind: "address", question: "医院在哪里？", answer: "旧址", automatic: true }];
  const opened = { seq: 1, kind: "event", author: { kind: "visitor" }, event: { name: "opened", answered } };
  Object.assign(chat.state, { entries: [opened], standing: standing(UNSURE) });
  await drawn();
  expect(root.querySelector("ol")?.textContent).toContain("自动回复旧址");
  expect(root.querySelectorAll("li").length).toBe(2);
  expect(chat.messages.answered).toEqual([]);
  expect(sent[0]).toMatchObject({ answered: ["where"] });
});

test("a question without an answer is put into the box", async () => {
  fresh({ draft: "您好" });
  await drawn();
  tap("我想问检查结果。");
  expect(chat.draft).toBe("您好\n我想问检查结果。");
  expect(root.querySelector("ol")?.textContent).toBe("");
});
