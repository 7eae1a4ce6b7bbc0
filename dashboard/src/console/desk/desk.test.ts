// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from "vitest";
import type { Row } from "../../../../widget/src/shared/frames";
import { typed } from "../composer/drafts";
import { send } from "../composer/sending";
import { Desk } from "./desk";
import { answer, entry, FakeLink, li, NOON, row, supervisor, waitingRow, wang, welcome } from "./testing";

let link: FakeLink;
let desk: Desk;

beforeEach(() => {
  sessionStorage.clear();
  link = new FakeLink();
  desk = new Desk(link.asLink);
});

const shown = () => desk.shown.value.flatMap((section) => section.ids);
const put = (version: number, ...rows: ReturnType<typeof row>[]) =>
  link.hear({ type: "conversations", version, put: rows });
const unanswered = (id: string, ms: number) => row(id, { unanswered_since: NOON - ms });

function replay(id: string, ...entries: ReturnType<typeof entry>[]): void {
  link.hear({ type: "entries", conversation: id, epoch: "e", entries });
  link.hear({ type: "live", conversation: id, epoch: "e", seq: entries.length });
}

describe("the order of the list", () => {
  test("follows every change while nobody works in it", () => {
    link.greet([unanswered("a", 1), unanswered("b", 2)]);
    expect(shown()).toEqual(["b", "a"]);
    put(2, unanswered("a", 3));
    expect(shown()).toEqual(["a", "b"]);
  });

  const pointed = () => {
    desk.pointerAt.value = desk.now.value;
  };
  const later = (ms: number) => {
    link.now += ms;
    desk.tick();
  };

  test("stays the same under the pointer until it leaves", () => {
    link.greet([unanswered("a", 1), unanswered("b", 2)]);
    pointed();
    put(2, unanswered("a", 3), unanswered("new", 9));
    expect(shown()).toEqual(["b", "a", "new"]);
    desk.pointerAt.value = null;
    expect(shown()).toEqual(["new", "a", "b"]);
  });

  test("is sorted again after three seconds under a resting pointer", () => {
    link.greet([unanswered("a", 1), unanswered("b", 2)]);
    pointed();
    put(2, unanswered("a", 3));
    later(2_900);
    expect(shown()).toEqual(["b", "a"]);
    later(100);
    expect(shown()).toEqual(["a", "b"]);
  });

  test("is sorted again after ten seconds of continuous movement", () => {
    link.greet([unanswered("a", 1), unanswered("b", 2)]);
    pointed();
    put(2, unanswered("a", 3));
    for (let second = 0; second < 9; second++) {
      later(1_000);
      pointed();
      desk.wrote("b", "reply", true);
    }
    expect(shown()).toEqual(["b", "a"]);
    later(1_000);
    expect(shown()).toEqual(["a", "b"]);
  });

  test("ended conversations and emergencies move at once, also under the pointer", () => {
    link.greet([unanswered("a", 3), unanswered("b", 2), waitingRow("w", NOON), waitingRow("x", NOON + 1)]);
    pointed();
    put(
      2,
      row("a", { state: "closed", closed_at: NOON }),
      waitingRow("x", NOON + 1, { emergency: "body", priority: "emergency" }),
    );
    const names = desk.shown.value.map(({ name, ids }) => [name, ...ids]);
    expect(names).toEqual([
      ["awaits_me", "b"],
      ["queue", "x", "w"],
      ["closed", "a"],
    ]);
  });

  test("a click on a row that has just moved under the pointer is recognised as a miss", () => {
    link.greet([unanswered("a", 1), unanswered("b", 2), row("c")]);
    pointed();
    put(2, unanswered("a", 3));
    later(3_000);
    expect(["a", "b", "c"].map((id) => desk.hasJustMoved(id))).toEqual([true, true, false]);
    later(400);
    expect(desk.hasJustMoved("a")).toBe(false);
  });

  test("the header counts what the list shows as waiting", () => {
    const offer = { id: "o", kind: "ring", ends_at: NOON + 9_000, mine: true } as const;
    link.greet([waitingRow("w", NOON), waitingRow("rings", NOON, { offer })]);
    expect(desk.queued.value.map(({ id }) => id)).toEqual(["w"]);
    expect(desk.shown.value.find(({ name }) => name === "queue")?.ids).toEqual(["w"]);
  });

  test("stays the same while something is written, and is sorted after a pause", () => {
    link.greet([unanswered("a", 1), unanswered("b", 2)]);
    desk.wrote("b", "reply", true);
    put(2, unanswered("a", 3));
    expect(shown()).toEqual(["b", "a"]);
    link.now += 3_000;
    desk.tick();
    expect(shown()).toEqual(["a", "b"]);
  });

  test("a row that has left while the pointer is on the list is still known, and marked as gone", () => {
    link.greet([row("a"), row("b")]);
    desk.pointerAt.value = desk.now.value;
    link.hear({ type: "conversations", version: 2, gone: ["a"] });
    expect(shown()).toContain("a");
    expect(desk.row("a")?.id).toBe("a");
    expect(desk.isGone("a")).toBe(true);
  });
});

describe("lists and entries", () => {
  test.each(["conversations", "colleagues", "offline"] as const)(
    "after a missed version the whole list of %s is requested, once",
    (type) => {
      link.greet([row("a")]);
      link.hear({ type, version: 1, whole: true });
      link.hear({ type, version: 5, gone: ["b"] });
      link.hear({ type, version: 6, gone: ["c"] });
      expect(link.of("list.get").map(({ frame }) => frame.list)).toEqual([type]);
    },
  );

  test("my conversations are followed at once, others only when they are opened", () => {
    link.greet([row("mine"), row("theirs", { owner: wang })], supervisor);
    expect(link.of("conversation.follow").map(({ frame }) => frame.conversation)).toEqual(["mine"]);
    desk.select("theirs");
    expect(link.of("conversation.follow").map(({ frame }) => frame.conversation)).toEqual(["mine", "theirs"]);
    desk.select(null);
    expect(link.told).toContainEqual({ type: "conversation.unfollow", conversation: "theirs" });
    expect(link.forgotten).toEqual(["theirs"]);
  });

  test("a conversation that leaves the list while it is open stays on the screen", () => {
    link.greet([row("a")]);
    desk.select("a");
    replay("a", entry("a", 1));
    link.hear({ type: "conversations", version: 2, gone: ["a"] });
    expect(desk.state.value.threads.get("a")?.entries).toHaveLength(1);
    expect(desk.row("a")?.id).toBe("a");
  });

  test("unread counts the visitor's messages since the last answer until they were seen", () => {
    link.greet([row("a")]);
    replay("a", entry("a", 1), answer("a", 2), entry("a", 3));
    expect(desk.unreadTotal.value).toBe(1);
    desk.select("a");
    expect(desk.unreadFrom.value).toBe(3);
    desk.sawBottom("a");
    expect(desk.unreadTotal.value).toBe(0);
    expect(desk.unreadFrom.value).toBe(3);
  });
});

describe("what is assigned to me", () => {
  test("comes with a card, unless I asked for it", () => {
    link.greet([waitingRow("a", NOON), waitingRow("b", NOON)]);
    desk.expected.add("b");
    put(2, row("a"), row("b"));
    expect(desk.arrived.value).toEqual(["a"]);
    desk.select("a");
    expect(desk.arrived.value).toEqual([]);
  });

  test("loses its card when it leaves again", () => {
    link.greet([waitingRow("a", NOON)]);
    put(2, row("a"));
    link.hear({ type: "conversations", version: 3, gone: ["a"] });
    expect(desk.arrived.value).toEqual([]);
  });

  test("keeps its number over a reload", () => {
    link.greet([row("a"), row("b")]);
    link.hear({ type: "conversations", version: 2, gone: ["a"] });
    const again = new Desk(link.asLink);
    link.greet([row("b"), row("c")]);
    expect(again.numbers.value.get("b")).toBe(2);
    expect(again.numbers.value.get("c")).toBe(1);
  });
});

test("no text reaches the browser's storage", () => {
  link.greet([row("a")]);
  desk.drafts.value = typed(desk.drafts.value, "a", "reply", "不可外泄");
  expect(JSON.stringify([{ ...sessionStorage }, { ...localStorage }])).not.toContain("不可外泄");
});

describe("a conversation that was opened before I may read it", () => {
  const follows = () => link.of("conversation.follow");
  const settled = async () => {
    for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
  };
  const refuse = async (number: number) => {
    follows()[number]?.reject(new Error("not_found"));
    await settled();
  };
  const ring = { id: "o", kind: "ring", ends_at: NOON + 15_000, mine: true } as const;
  const transfer = { ...ring, kind: "transfer", by: wang } as const;
  const asked = { person: li, asked_for: "help", joined: false } as const;
  const WAYS: [string, Row, Row][] = [
    ["接入 or an automatic assignment", waitingRow("a", NOON), row("a")],
    ["a ring", waitingRow("a", NOON), waitingRow("a", NOON, { offer: ring })],
    ["an emergency's", waitingRow("a", NOON, { emergency: "mind" }), row("a", { emergency: "mind" })],
    ["an offer of a colleague's", row("a", { owner: wang }), row("a", { owner: wang, offer: transfer })],
    ["an accepted transfer", row("a", { owner: wang }), row("a", { fence: 2 })],
    ["a colleague's request", row("a", { owner: wang }), row("a", { owner: wang, participants: [asked] })],
  ];

  test.each(WAYS)("is not requested before, and is with the right that comes by %s", (_, before, after) => {
    link.greet([before]);
    desk.select("a");
    expect(follows()).toHaveLength(0);
    put(2, after);
    expect(follows()).toHaveLength(1);
  });

  test.each(WAYS)(
    "loads by itself after %s, also when something else was opened meanwhile",
    (_, before, after) => {
      link.greet([before, row("b")]);
      desk.select("a");
      desk.select("b");
      put(2, after);
      desk.select("a");
      expect(follows().map(({ frame }) => frame.conversation)).toEqual(["b", "a"]);
      expect(desk.following.unreadable.value.has("a")).toBe(false);
    },
  );

  test("loads after it was taken away and given back, whatever was refused in between", async () => {
    link.greet([row("a")]);
    desk.select("a");
    put(2, waitingRow("a", NOON));
    await refuse(0);
    put(3, row("a", { fence: 2 }));
    expect(follows()).toHaveLength(2);
    expect(desk.following.unreadable.value.has("a")).toBe(false);
  });

  test("is requested again when it was given back while the refusal was under way", async () => {
    link.greet([row("a")]);
    desk.select("a");
    put(2, waitingRow("a", NOON));
    put(3, row("a", { fence: 2 }));
    await refuse(0);
    expect(follows()).toHaveLength(2);
    expect(desk.following.unreadable.value.has("a")).toBe(false);
    await refuse(1);
    expect(desk.following.unreadable.value.has("a")).toBe(true);
  });

  test("is not called unreadable any more after it was left and opened again", async () => {
    link.greet([row("a", { owner: wang }), row("b")], supervisor);
    desk.select("a");
    await refuse(1);
    expect(desk.following.unreadable.value.has("a")).toBe(true);
    desk.select("b");
    put(2, row("a"));
    expect(desk.following.unreadable.value.has("a")).toBe(false);
  });
});

describe("another window of mine", () => {
  const seen = (seq: number) => ({ type: "seen", conversation: "a", seq }) as const;
  const own = (seq: number, differs = {}) =>
    answer("a", seq, { author: { kind: "consultant", person: li }, ...differs });
  const told = () => link.told.filter(({ type }) => type === "conversation.seen");

  function opened(takes_seen: boolean): void {
    link.hear({ ...welcome, takes_seen });
    link.hear({ type: "conversations", version: 1, whole: true, put: [row("a"), row("b")] });
    link.hear({ type: "live", conversation: "a", epoch: "e", seq: 0 });
  }

  test("that has shown it leaves nothing unread here", () => {
    opened(true);
    link.hear(entry("a", 1), entry("a", 2), entry("a", 3), seen(2));
    expect(desk.unreadOf("a").map(({ seq }) => seq)).toEqual([3]);
    link.hear(seen(1));
    expect(desk.unreadTotal.value).toBe(1);
  });

  test("that has answered or noted something has read what came before", () => {
    opened(true);
    link.hear(entry("a", 1), own(2), entry("a", 3));
    expect(desk.unreadOf("a").map(({ seq }) => seq)).toEqual([3]);
    link.hear(own(4, { kind: "note" }));
    expect(desk.unreadTotal.value).toBe(0);
  });

  test("does not mark as read what came before my own late text, nor does a colleague", () => {
    opened(true);
    desk.drafts.value = typed(desk.drafts.value, "a", "reply", "您好");
    send(desk, "a", "reply");
    link.hear(entry("a", 1), own(2, { ref: desk.outbox.value[0]?.ref ?? "" }));
    link.hear(answer("a", 3, { author: { kind: "consultant", person: wang } }));
    expect(desk.unreadTotal.value).toBe(1);
  });

  test("is told once what is on the screen here, by a server that passes it on", () => {
    opened(true);
    link.hear(entry("a", 1), entry("a", 2));
    desk.sawBottom("a");
    desk.sawBottom("a");
    expect(told()).toEqual([{ type: "conversation.seen", conversation: "a", seq: 2 }]);
    opened(false);
    link.hear(entry("a", 3));
    desk.sawBottom("a");
    expect(told()).toHaveLength(1);
  });
});
