import { beforeEach, expect, test, vi } from "vitest";
import type { Chat } from "../chat/chat";
import type { Door } from "../door/door";
import type { Host } from "../host";
import { identify } from "./identity";

const OPEN = { conversation: "c-1", standing: { conversation: "c-1", state: "waiting" } };
const NONE = { conversation: null, standing: null };

/** A chat whose server answers when told to. */
function aChat(state: object) {
  const watching = new Set<() => void>();
  const asked: Record<string, string>[] = [];
  let answer = { yes: () => {}, no: () => {} };
  const chat = {
    state,
    subscribe: (fn: () => void) => {
      watching.add(fn);
      return () => watching.delete(fn);
    },
    messages: {
      request: (frame: Record<string, string>) => {
        asked.push(frame);
        return new Promise<void>((yes, no) => {
          answer = { yes, no: () => no(new Error("identity_refused")) };
        });
      },
    },
  };
  const becomes = (now: object) => {
    chat.state = now;
    for (const each of [...watching]) each();
  };
  return { chat: chat as unknown as Chat, asked, becomes, watching, answers: () => answer };
}

function aDoor(chat: Chat | null) {
  const watching = new Set<() => void>();
  const door = {
    asks: chat === null,
    chat,
    subscribe: (fn: () => void) => {
      watching.add(fn);
      return () => watching.delete(fn);
    },
  } as unknown as Pick<Door, "subscribe"> & { asks: boolean; chat: Chat | null };
  const opensTo = (next: Chat | null) => {
    door.asks = next === null;
    door.chat = next;
    for (const each of [...watching]) each();
  };
  return { door, opensTo, watching };
}

const told = vi.fn();
const host = { identified: told } as unknown as Host;

beforeEach(() => told.mockClear());

test("a running conversation gets the token at once, and the page learns yes or no", async () => {
  for (const yes of [true, false]) {
    const { chat, asked, answers } = aChat(OPEN);
    identify(aDoor(chat).door, host, "a.b.c");
    expect(asked).toMatchObject([{ type: "visitor.identify", conversation: "c-1", token: "a.b.c" }]);
    expect(told).not.toHaveBeenCalled();
    if (yes) answers().yes();
    else answers().no();
    await vi.waitFor(() => expect(told).toHaveBeenCalledWith(yes));
    told.mockClear();
  }
});

test("without a conversation it waits for the first message, and is sent once", () => {
  const { chat, asked, becomes, watching } = aChat(NONE);
  identify(aDoor(chat).door, host, "a.b.c");
  becomes(NONE);
  expect(asked).toEqual([]);
  becomes(OPEN);
  becomes(OPEN);
  expect(asked).toHaveLength(1);
  expect(watching.size).toBe(0);
});

test("a later token replaces the one that waits", () => {
  const { chat, asked, becomes } = aChat(NONE);
  const { door } = aDoor(chat);
  identify(door, host, "old");
  identify(door, host, "new");
  becomes(OPEN);
  expect(asked.map(({ token }) => token)).toEqual(["new"]);
});

test("when somebody else begins, the token is forgotten", () => {
  const before = aChat(NONE);
  const { door, opensTo, watching } = aDoor(before.chat);
  identify(door, host, "a.b.c");
  const after = aChat(OPEN);
  opensTo(after.chat);
  before.becomes(OPEN);
  after.becomes(OPEN);
  expect([before.asked, after.asked]).toEqual([[], []]);
  expect(watching.size + before.watching.size).toBe(0);
});

test.each([[7], [{}], [["a.b.c"]]])("%j is no token", (given) => {
  const { chat, asked } = aChat(OPEN);
  identify(aDoor(chat).door, host, given);
  expect(told).toHaveBeenCalledWith(false);
  expect(asked).toEqual([]);
});

test("while it asks who sits here, nothing is kept", () => {
  const { door, opensTo } = aDoor(null);
  identify(door, host, "a.b.c");
  expect(told).toHaveBeenCalledWith(false);
  const { chat, asked } = aChat(OPEN);
  opensTo(chat);
  expect(asked).toEqual([]);
});

test("while it asks about a chat that it still holds, nothing is sent into that chat", () => {
  const { chat, asked } = aChat(OPEN);
  const { door } = aDoor(chat);
  identify(Object.assign(door, { asks: true }), host, "a.b.c");
  expect(told).toHaveBeenCalledWith(false);
  expect(asked).toEqual([]);
});
