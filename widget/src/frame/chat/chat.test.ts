// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type {
  DepartmentHours,
  OfflineLeave,
  Standing,
  VisitorFrame,
  VisitorServerFrame,
} from "../../shared/frames";
import { CONVERSATION, entry, fakeStorage, SITE } from "../../shared/link/fakes";
import { browser } from "../../shared/link/world";
import { ServerClock } from "../clock";
import type { Doorkeeper } from "../door/doorkeeper";
import { Chat } from "./chat";

const BOOT = { site: "demo", language: "zh", department: null, origins: [], version: "1", zone: "" } as const;
const SHUT: DepartmentHours[] = [{ department: "gynecology", open: false, changes_at: 900, answer_by: 1000 }];

/** The browser's socket, with a server behind it that answers on command. */
class Socket {
  static last: Socket;
  static readonly OPEN = 1;
  readonly readyState = 1;
  readonly heard: VisitorFrame[] = [];
  onopen = () => {};
  onmessage = (_message: { data: string }) => {};
  onclose = (_close: { code: number; reason: string }) => {};

  constructor() {
    Socket.last = this;
  }

  send(text: string) {
    this.heard.push(JSON.parse(text) as VisitorFrame);
  }

  close() {}

  say(...frames: VisitorServerFrame[]) {
    for (const frame of frames) this.onmessage({ data: JSON.stringify(frame) });
  }

  left(): OfflineLeave[] {
    return this.heard.filter((frame) => frame.type === "offline.leave");
  }
}

const CLOCKS = { now: () => Date.now(), steady: () => performance.now() };
const AROUND = { world: browser, isPhone: false, clock: new ServerClock(undefined, CLOCKS) };
const DOOR: Doorkeeper = {
  since: 0,
  begins: () => {},
  finished: () => {},
  clear: () => {},
  again: () => {},
  ended: () => false,
};

let tab: Storage;

beforeEach(() => {
  tab = fakeStorage();
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", async () => new Response("{}"));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function waiting(by: Partial<Standing> = {}): Standing {
  const standing = { conversation: CONVERSATION, department: "gynecology", ...by };
  return { type: "conversation", state: "waiting", ...standing };
}

function welcome(server: Socket, standing: Standing | null, hours: DepartmentHours[], takes_seen = true) {
  server.onopen();
  server.say({
    type: "welcome",
    version: 1,
    connection: "x",
    now: Date.now(),
    ping_ms: 25_000,
    ends_at: 0,
    limits: { message: 10, note: 2000 },
    site: SITE,
    hours,
    standing,
    takes_seen,
    following: standing ? [{ conversation: CONVERSATION, epoch: "e1", head: 2, recovered: false }] : [],
  });
}

/** A chat of this tab that the server has welcomed. */
function chatting(standing: Standing | null = null, hours: DepartmentHours[] = [], takesSeen = true) {
  const local = fakeStorage();
  local.setItem("hchat-token-demo", "t");
  const storages = { local: { storage: local, lasts: true }, tab: { storage: tab, lasts: true } };
  const chat = new Chat({ ...BOOT, origins: [] }, storages, () => "zh", AROUND, DOOR);
  void chat.start();
  const server = Socket.last;
  welcome(server, standing, hours, takesSeen);
  if (standing) {
    const entries = [entry(1, "一二三四五"), entry(2, "六七八")];
    server.say({ type: "entries", conversation: CONVERSATION, epoch: "e1", entries });
    server.say({ type: "live", conversation: CONVERSATION, epoch: "e1", seq: 2 });
  }
  return { chat, server };
}

test("pasted text is shown as it is sent, and a text that nobody could see is not sent", () => {
  const { chat, server } = chatting(waiting());
  chat.send("一\u000b二\r三\u0007 ", "");
  chat.send("\u3164\u200b", "");
  const sent = server.heard.filter((frame) => frame.type === "message.post");
  expect(sent.map((frame) => frame.body)).toEqual(["一\n二\n三"]);
  expect(chat.state.pending.map(({ body }) => body)).toEqual(["一\n二\n三"]);
});

test("a pasted 留言 is cleaned too, and a name without visible characters is left out", () => {
  const { chat, server } = chatting(null, SHUT);
  chat.write("体检\f要空腹吗");
  chat.offlineMessage.change({ name: "\u3164", phone: " 138 0000 1234\u2028" });
  chat.offlineMessage.send("gynecology");
  const [frame] = server.left();
  expect(frame).toMatchObject({ body: "体检\n要空腹吗", phone: "138 0000 1234" });
  expect(frame).not.toHaveProperty("name");
});

test("a visitor who chooses a 留言 instead of waiting finds their messages in it, and gets their draft back", () => {
  const { chat } = chatting(waiting());
  chat.write("九");
  chat.offlineMessage.ask();
  expect(chat.draft).toBe("一二三四五\n六七八\n九");
  chat.offlineMessage.wait();
  expect([chat.draft, chat.offlineMessage.fields.asked]).toEqual(["九", false]);
});

test("changes to the form's text stay when the visitor waits after all", () => {
  const { chat } = chatting(waiting());
  chat.offlineMessage.ask();
  chat.write("别的");
  chat.offlineMessage.wait();
  expect(chat.draft).toBe("别的");
});

test("the form takes only as many of the last messages as a 留言 may hold", () => {
  tab.setItem("hchat-draft-demo", "");
  const { chat, server } = chatting(waiting());
  server.say(entry(3, "七个字的一句话"));
  chat.offlineMessage.ask();
  expect(chat.draft).toBe("七个字的一句话");
});

test("a 留言 is sent with the waiting conversation, and its words are dropped once it is accepted", () => {
  const { chat, server } = chatting(waiting());
  chat.offlineMessage.ask();
  chat.offlineMessage.change({ phone: "138 0000 1234", kind: "complaint" });
  chat.offlineMessage.send("");
  const [frame] = server.left();
  expect(frame).toMatchObject({ department: "gynecology", kind: "complaint", conversation: CONVERSATION });
  expect(chat.unsent).toBe(true);
  server.say({ type: "accepted", ref: frame?.ref ?? "", answer_by: 5000, emergency: "body" });
  expect(chat.offlineMessage.left).toMatchObject({
    answerBy: 5000,
    emergency: "body",
    phoneEnds: "1234",
    // It has ended the waiting, so the next person may be in front of this screen already.
    body: "",
  });
  expect([chat.draft, chat.unsent]).toEqual(["", false]);
  const kept = Array.from({ length: tab.length }, (_, place) => tab.getItem(tab.key(place) ?? "")).join();
  expect(kept).not.toContain("一二三");
  expect(kept).not.toContain("138");
});

test("what was decided before the first text survives a reload, and ends with the chat", () => {
  const refused = { kind: "health", decision: "refused", text: "h" } as const;
  const decided = chatting().chat;
  decided.messages.choices = [refused];
  const { chat, server } = chatting();
  expect(chat.messages.choices).toEqual([refused]);
  chat.send("几点上班", "gynecology");
  const opened = server.heard.find((frame) => frame.type === "conversation.open");
  expect(opened?.consent).toEqual([refused]);
  expect(chatting().chat.messages.choices).toEqual([]);
  const kept = Array.from({ length: tab.length }, (_, place) => tab.key(place)).join();
  expect(kept).not.toContain("choices");
  const over = chatting(waiting()).chat;
  over.messages.choices = [refused];
  over.end();
  expect(over.messages.choices).toEqual([]);
});

test("a double click sends one 留言 with what the visitor agreed to", () => {
  const { chat, server } = chatting(null, SHUT);
  chat.write("明天能挂号吗");
  const notice = { kind: "notice", decision: "given", text: "n" } as const;
  chat.offlineMessage.send("gynecology", [notice]);
  chat.offlineMessage.send("gynecology", [notice]);
  expect(server.left().map(({ consent }) => consent)).toEqual([[notice]]);
});

test("a 留言 is resent with the same ref after a lost connection", async () => {
  vi.useFakeTimers();
  const { chat, server } = chatting(null, SHUT);
  chat.write("明天能挂号吗");
  chat.offlineMessage.send("gynecology");
  server.onclose({ code: 1006, reason: "" });
  while (Socket.last === server) await vi.advanceTimersByTimeAsync(100);
  welcome(Socket.last, null, SHUT);
  expect(Socket.last.left()).toEqual(server.left());
  expect(server.left()).toHaveLength(1);
});

test("a 留言 is resent with the same ref after a reload", () => {
  const { chat, server } = chatting(null, SHUT);
  chat.write("明天能挂号吗");
  chat.offlineMessage.send("gynecology");
  const ref = server.left()[0]?.ref;
  const again = chatting(null, SHUT);
  expect(again.server.left().map((frame) => frame.ref)).toEqual([ref]);
  expect([again.chat.draft, again.chat.unsent]).toEqual(["明天能挂号吗", true]);
  again.server.say({ type: "accepted", ref: ref ?? "", answer_by: 1000, repeat: true });
  expect([again.chat.draft, again.chat.offlineMessage.left?.answerBy]).toEqual(["", 1000]);
});

test("a 留言 is left without its conversation when that no longer waits", () => {
  const { chat, server } = chatting(waiting());
  chat.offlineMessage.ask();
  chat.offlineMessage.send("");
  const refused = server.left()[0]?.ref ?? "";
  server.say({ type: "refused", ref: refused, code: "conversation_closed", retry: "no" });
  const [, second] = server.left();
  expect(second?.conversation).toBeUndefined();
  expect(second?.ref).not.toBe(refused);
});

test("a refused 留言 stays in the form, with the reason until something is changed", () => {
  const { chat, server } = chatting(null, SHUT);
  chat.write("话");
  chat.offlineMessage.send("gynecology");
  server.say({ type: "refused", ref: server.left()[0]?.ref ?? "", code: "text_invalid", retry: "no" });
  expect([chat.draft, chat.offlineMessage.failure?.code, chat.offlineMessage.sent]).toEqual([
    "话",
    "text_invalid",
    null,
  ]);
  chat.offlineMessage.change({ name: "王" });
  expect(chat.offlineMessage.failure).toBeNull();
});

test("a department is optional", () => {
  const { chat, server } = chatting();
  chat.send("挂哪个科？", "");
  const asked = server.heard.find((frame) => frame.type === "conversation.open");
  expect(asked).not.toHaveProperty("department");
  const details = { opens_at: 900 };
  server.say({ type: "refused", ref: asked?.ref ?? "", code: "not_open", retry: "no", details });
  expect(chat.state.hours).toEqual([{ department: "unsure", open: false, changes_at: 900 }]);
  chat.write("挂哪个科？");
  chat.offlineMessage.send("");
  expect(server.left()[0]).not.toHaveProperty("department");
});

test("a question that arrives after closing time becomes the text of a 留言", () => {
  const { chat, server } = chatting();
  chat.send("还能问吗", "gynecology");
  const asked = server.heard.find((frame) => frame.type === "conversation.open");
  const details = { opens_at: 900 };
  server.say({ type: "refused", ref: asked?.ref ?? "", code: "not_open", retry: "no", details });
  expect([chat.draft, chat.state.pending]).toEqual(["还能问吗", []]);
  expect(chat.state.hours).toEqual([{ department: "gynecology", open: false, changes_at: 900 }]);
});

test("at closing time the words of a visitor who waited are put into the form, once", () => {
  const over = waiting({ state: "closed", close_reason: "closed_hours" });
  const { chat, server } = chatting(waiting(), SHUT);
  server.say(over);
  expect(chat.draft).toBe("一二三四五\n六七八");
  chat.write("改过");
  server.say(over);
  expect(chatting(over, SHUT).chat.draft).toBe("改过");
});

test("a visitor who stops waiting while the form is open also leaves the form", () => {
  const { chat, server } = chatting(waiting());
  chat.write("草稿");
  chat.offlineMessage.ask();
  server.say(waiting({ state: "closed", close_reason: "left" }));
  expect([chat.draft, chat.offlineMessage.fields.asked]).toEqual(["草稿", false]);
});

test("a visitor who was not answered before closing time leaves a 留言 that is linked to the conversation", () => {
  const { chat, server } = chatting(waiting({ state: "closed", close_reason: "closed_hours" }), SHUT);
  chat.offlineMessage.send("gynecology");
  expect(server.left()[0]).toMatchObject({ conversation: CONVERSATION, department: "gynecology" });
});

test("a 留言 begun anew after a wait without an answer is not linked", () => {
  const { chat, server } = chatting(waiting({ state: "closed", close_reason: "waited_too_long" }));
  chat.goOn();
  chat.offlineMessage.send("pediatrics");
  expect(server.left()[0]?.department).toBe("pediatrics");
  expect(server.left()[0]?.conversation).toBeUndefined();
});

describe("the other tabs", () => {
  const person = { name: "李雯", number: "012", title: "consultant" } as const;
  const answer = (seq: number) => ({ ...entry(seq), author: { kind: "consultant", person } as const });
  const told = (server: Socket) => server.heard.filter((frame) => frame.type === "conversation.seen");

  test("learn once which answers were seen here, and do not get back what they have sent", () => {
    const { chat, server } = chatting(waiting({ state: "active" }));
    chat.watch(true);
    expect(told(server)).toEqual([]);
    server.say(answer(3));
    expect(told(server)).toEqual([{ type: "conversation.seen", conversation: CONVERSATION, seq: 3 }]);
    chat.watch(false);
    server.say(answer(4), { type: "seen", conversation: CONVERSATION, seq: 4 });
    chat.watch(true);
    expect(told(server)).toHaveLength(1);
    chat.watch(false);
    server.say(answer(5));
    expect(told(server)).toHaveLength(1);
    chat.watch(true);
    expect(told(server)).toHaveLength(2);
  });

  test("get nothing from an older server, which would refuse the frame", () => {
    const { chat, server } = chatting(waiting({ state: "active" }), [], false);
    chat.watch(true);
    server.say(answer(3));
    expect(told(server)).toEqual([]);
  });
});
