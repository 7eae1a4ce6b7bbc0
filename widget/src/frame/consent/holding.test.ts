import { describe, expect, test, vi } from "vitest";
import type { ConsentSent, NoticeShown, Refused, Standing } from "../../shared/frames";
import { RefusedError } from "../../shared/link/outbox";
import type { Chat } from "../chat/chat";
import { type Pending, START, type State } from "../chat/state";
import { type Decision, decide, decisionOn } from "./decided";
import { isHeld, isPictureHeld, type Lookout } from "./holding";
import { agreement, noticeDue } from "./notice";

const HEALTH = "最近总是咳嗽";
const GENERAL = "请问周末有门诊吗？";
const EMERGENCY = "我胸口剧痛，喘不上气";
const sees: Lookout = (text) => text === EMERGENCY;

describe("a text waits for the decision on health data", () => {
  const decisions: (Decision | null)[] = [null, "asked", "given", "refused", "withdrawn"];
  const rows = [HEALTH, GENERAL, EMERGENCY].flatMap((text) =>
    decisions.flatMap((decision) => [sees, null].map((lookout) => ({ text, decision, lookout }))),
  );
  test.each(rows)("$text after $decision", ({ text, decision, lookout }) => {
    // Only health words wait, only until they are agreed to, and only where an emergency can be told from them.
    const waits = text === HEALTH && decision !== "given" && lookout !== null;
    expect(isHeld({ text, said: [GENERAL], decision, own: [], lookout })).toBe(waits);
  });

  test("but not when the visitor has spoken of an emergency before", () => {
    const after = { text: HEALTH, decision: null, own: [], lookout: sees };
    expect(isHeld({ ...after, said: [GENERAL] })).toBe(true);
    expect(isHeld({ ...after, said: [GENERAL, EMERGENCY] })).toBe(false);
  });

  test("for the site's own words, too", () => {
    const held = { text: "想问蓝色药水", said: [], decision: null, lookout: sees };
    expect(isHeld({ ...held, own: [] })).toBe(false);
    expect(isHeld({ ...held, own: ["蓝色药水"] })).toBe(true);
  });
});

describe("a picture waits for the decision on health data", () => {
  const rows: [Decision | null, string, Lookout, boolean][] = [
    [null, GENERAL, sees, true],
    ["refused", GENERAL, sees, true],
    ["withdrawn", GENERAL, sees, true],
    ["given", GENERAL, sees, false],
    [null, EMERGENCY, sees, false],
    ["refused", EMERGENCY, sees, false],
    [null, GENERAL, null, false],
  ];
  test.each(rows)("after %s and %s", (decision, said, lookout, waits) => {
    expect(isPictureHeld([said], decision, lookout)).toBe(waits);
  });
});

const notice: NoticeShown = { version: "2", zh: "告知", en: "Notice", text_zh: "z", text_en: "e" };
const agreed = (version: string, decision = "given") =>
  ({ consents: [{ kind: "notice", decision, at: 1, version }] }) as unknown as Standing;

describe("the next text agrees to the notice", () => {
  const state = (rest: Partial<State>): State => ({ ...START, notice, ...rest });
  test.each([
    ["at the beginning", state({}), true, true],
    ["from a server that has none", state({ notice: null }), true, false],
    ["once it is agreed to", state({ standing: agreed("2") }), false, false],
    ["when the text has changed", state({ standing: agreed("1") }), false, true],
    ["after a withdrawal", state({ standing: agreed("2", "withdrawn") }), false, true],
    ["in a new conversation", state({ standing: agreed("2") }), true, true],
    [
      "while the first text is under way",
      state({ pending: [{ consent: [] } as unknown as Pending] }),
      true,
      false,
    ],
  ])("%s", (_, now, opens, due) => {
    expect(noticeDue(now, opens)).toBe(due ? notice : null);
  });

  test("with the hash of the language that was shown", () => {
    expect([agreement(notice, "zh").text, agreement(notice, "en").text]).toEqual(["z", "e"]);
  });
});

describe("a decision", () => {
  function chatWith(standing: Partial<Standing> | null, conversation: string | null) {
    const asked: object[] = [];
    const answers: { accept(): void; refuse(error: Error): void }[] = [];
    const drawn = vi.fn();
    const chat = {
      state: { ...START, standing: standing as Standing | null, conversation },
      draft: "",
      messages: {
        choices: [] as ConsentSent[],
        deciding: new Map(),
        request: (frame: object) => {
          asked.push(frame);
          return new Promise<void>((accept, refuse) => answers.push({ accept, refuse }));
        },
      },
      write: drawn,
    } as unknown as Chat;
    return { chat, asked, answers, drawn };
  }

  test("before a conversation goes with the next text, the last one of each kind", () => {
    const { chat, asked } = chatWith(null, null);
    decide(chat, "health", "refused", "h");
    decide(chat, "health", "given", "h");
    decide(chat, "health", "withdrawn");
    expect(chat.messages.choices).toEqual([{ kind: "health", decision: "given", text: "h" }]);
    expect(decisionOn(chat, "health")).toBe("given");
    expect(asked).toEqual([]);
  });

  test("in a conversation is told at once", () => {
    const { chat, asked } = chatWith({ state: "active" }, "c");
    decide(chat, "health", "refused", "h");
    expect(asked).toMatchObject([{ type: "consent.set", conversation: "c", kind: "health", text: "h" }]);
  });

  test.each([
    ["is accepted", (answer) => answer.accept()],
    [
      "is refused",
      (answer) => answer.refuse(new RefusedError({ code: "rate_limited", retry: "later" } as Refused)),
    ],
  ] as [string, (answer: { accept(): void; refuse(error: Error): void }) => void][])(
    "counts on the screen at once, until it %s",
    async (_, answered) => {
      const known = { state: "active", consents: [{ kind: "health", decision: "given", at: 1 }] };
      const { chat, answers, drawn } = chatWith(known as unknown as Standing, "c");
      decide(chat, "health", "withdrawn");
      expect(decisionOn(chat, "health")).toBe("withdrawn");
      expect(drawn).toHaveBeenCalledTimes(1);
      for (const each of answers) answered(each);
      await vi.waitFor(() => expect(drawn).toHaveBeenCalledTimes(2));
      expect(decisionOn(chat, "health")).toBe("given");
    },
  );

  test("after the end can only be withdrawn", () => {
    const { chat, asked } = chatWith({ state: "closed" }, "c");
    decide(chat, "health", "withdrawn");
    expect(asked).toMatchObject([{ decision: "withdrawn" }]);
  });
});
