import { describe, expect, test } from "vitest";
import type { Entry, Event, Standing, VisitorServerFrame } from "../../shared/frames";
import { CONVERSATION, entry, SITE } from "../../shared/link/fakes";
import { lastServed } from "../ending/lastServed";
import { next } from "./conversation";
import { emergencies, isOpening, needsDepartment, ownWords, unread } from "./selectors";
import { type Happening, type Pending, START, type State } from "./state";

const LI = { name: "李雯", number: "012", title: "consultant" } as const;

function hear(...frames: VisitorServerFrame[]): Happening[] {
  return frames.map((frame) => ({ kind: "frame", frame, watched: true }));
}

function unwatched(...frames: VisitorServerFrame[]): Happening[] {
  return frames.map((frame) => ({ kind: "frame", frame, watched: false }));
}

function history(...all: Happening[]): State {
  return all.reduce(next, START);
}

function standing(by: Partial<Standing> = {}): Standing {
  return {
    type: "conversation",
    conversation: CONVERSATION,
    state: "active",
    department: "gynecology",
    ...by,
  };
}

function welcome(stands: Standing | null = null): VisitorServerFrame {
  const limits = { message: 1000, note: 2000 };
  const common = {
    type: "welcome",
    version: 1,
    connection: "x",
    now: 0,
    ping_ms: 1,
    ends_at: 0,
    limits,
  } as const;
  return { ...common, site: SITE, following: [], standing: stands };
}

function answer(seq: number): Entry {
  return { ...entry(seq), author: { kind: "consultant", person: LI } };
}

function event(seq: number, happened: Event): Entry {
  const { body: _, ...bare } = entry(seq);
  return { ...bare, kind: "event", author: { kind: "system" }, event: happened };
}

function pending(by: Partial<Pending> = {}): Pending {
  const text = { ref: "r1", body: "你好", at: 0, department: "gynecology" };
  return { ...text, conversation: CONVERSATION, accepted: false, failure: null, ...by };
}

const live: VisitorServerFrame = { type: "live", conversation: CONVERSATION, epoch: "e1", seq: 9 };

describe("a text of the visitor", () => {
  const wrote: Happening = { kind: "wrote", pending: pending() };
  const accepted: VisitorServerFrame = { type: "accepted", ref: "r1" };
  const told = entry(1, "你好", "e1", "r1");

  test("is replaced by its entry, whether the entry or the acceptance comes first", () => {
    for (const order of [
      [accepted, told],
      [told, accepted],
    ]) {
      const state = history(...hear(welcome(standing())), wrote, ...hear(...order));
      expect([state.pending, state.entries]).toEqual([[], [told]]);
    }
  });

  test("stays until its entry comes, and says that it was accepted", () => {
    const state = history(...hear(welcome(standing())), wrote, ...hear(accepted));
    expect(state.pending.map((each) => each.accepted)).toEqual([true]);
  });

  test("that was refused stays with the reason, and can be sent again or withdrawn", () => {
    const failure = { code: "queue_full", again: true, details: {} };
    const failed = history(wrote, { kind: "failed", ref: "r1", failure });
    expect(failed.pending[0]?.failure).toEqual(failure);
    const again = next(failed, { kind: "again", ref: "r1", by: { ref: "r2" } });
    expect(again.pending).toEqual([pending({ ref: "r2" })]);
    expect(next(failed, { kind: "withdrew", ref: "r1" }).pending).toEqual([]);
  });

  test("survives the end of the session it was written in", () => {
    const state = history(...hear(welcome(standing()), entry(1)), wrote, { kind: "expired" });
    expect([state.pending.length, state.entries, state.expired]).toEqual([1, [], true]);
  });

  test("that opens a conversation holds back the next one until it is accepted", () => {
    const first = history({ kind: "wrote", pending: pending({ conversation: null }) });
    expect(isOpening(first)).toBe(true);
    expect(
      isOpening(history({ kind: "wrote", pending: pending({ conversation: null, accepted: true }) })),
    ).toBe(false);
  });
});

describe("the transcript", () => {
  test("takes entries of its own conversation only", () => {
    const foreign = { ...entry(1), conversation: "x".repeat(22) };
    expect(history(...hear(welcome(standing()), foreign)).entries).toEqual([]);
  });

  test("starts again with a new conversation", () => {
    const other = standing({ conversation: "x".repeat(22), state: "waiting" });
    const state = history(...hear(welcome(standing()), entry(1), other));
    expect([state.entries, state.conversation]).toEqual([[], "x".repeat(22)]);
  });

  test("is kept over a reconnect, and emptied when it will be sent again as a whole", () => {
    const before = history(...hear(welcome(standing()), entry(1), live, welcome(standing())));
    expect(before.entries.length).toBe(1);
    expect(next(before, { kind: "reset", conversation: CONVERSATION })).toMatchObject({
      entries: [],
      live: false,
    });
  });

  test("is empty when the server has no conversation", () => {
    expect(history(...hear(welcome(standing()), entry(1), welcome())).entries).toEqual([]);
  });
});

describe("unread", () => {
  test("counts the consultant's messages while nobody looks, and nothing else", () => {
    const joined = hear(welcome(standing()), answer(1), live);
    const away = unwatched(answer(2), event(3, { name: "reopened" }), answer(4));
    const state = history(...joined, ...away);
    expect(unread(state)).toBe(2);
    expect(unread(next(state, { kind: "looked" }))).toBe(0);
  });

  test("does not count what another tab has shown, or what came before a text written there", () => {
    const joined = hear(welcome(standing()), entry(1), live);
    const away = unwatched(answer(2), answer(3), answer(4));
    const seen = { type: "seen", conversation: CONVERSATION, seq: 3 } as const;
    expect(unread(history(...joined, ...away, ...unwatched(seen)))).toBe(1);
    expect(unread(history(...joined, ...away, ...unwatched({ ...seen, seq: 1 })))).toBe(3);
    expect(unread(history(...joined, ...away, ...unwatched({ ...seen, conversation: "another" })))).toBe(3);
    expect(unread(history(...joined, ...away, ...unwatched(entry(5))))).toBe(0);
  });

  test("counts what came before a text that was sent late from here, and was never seen", () => {
    const late = pending({ ref: "r" });
    const state = history(
      ...hear(welcome(standing()), entry(1), live),
      { kind: "wrote", pending: late },
      ...unwatched(answer(2), { ...entry(3), ref: "r" }),
    );
    expect(unread(state)).toBe(1);
  });

  test("does not count what was there before the page was loaded", () => {
    expect(unread(history(...unwatched(welcome(standing()), answer(1), answer(2), live)))).toBe(0);
  });

  test("continues over a page change when the tab has stored how far was read", () => {
    const opened = unwatched(welcome(standing()));
    const state = history(
      ...opened,
      { kind: "remembered", seen: 1 },
      ...unwatched(answer(1), answer(2), live),
    );
    expect(unread(state)).toBe(1);
  });
});

describe("a department", () => {
  test("is needed for the first message, and when the time to reopen is over", () => {
    expect(needsDepartment(START, 0)).toBe(true);
    const closed = history(...hear(welcome(standing({ state: "closed", reopen_until: 1000 }))));
    expect([needsDepartment(closed, 999), needsDepartment(closed, 1000)]).toEqual([false, true]);
  });

  test("is not needed while a conversation is open", () => {
    expect(needsDepartment(history(...hear(welcome(standing({ state: "waiting" })))), 0)).toBe(false);
  });
});

test("the typing sign ends with the message, with the owner and with the connection", () => {
  const typing: VisitorServerFrame = { type: "typing", conversation: CONVERSATION, on: true };
  const state = history(...hear(welcome(standing()), typing));
  expect(state.typing).toBe(true);
  expect(history(...hear(welcome(standing()), typing, answer(1))).typing).toBe(false);
  expect(history(...hear(welcome(standing()), typing, standing({ state: "waiting" }))).typing).toBe(false);
  expect(next(state, { kind: "disconnected" }).typing).toBe(false);
});

test("the person who answered last is found in the transcript when the end has no owner", () => {
  const assigned = event(1, { name: "assigned", group: "women", consultant: LI });
  const state = history(
    ...hear(welcome(standing()), assigned, standing({ state: "closed", served_by: null })),
  );
  expect(lastServed(state)).toEqual(LI);
});

test("the wish to continue ends when the conversation is open again", () => {
  const closed = hear(welcome(standing({ state: "closed" })));
  const wishing = history(...closed, { kind: "continues" });
  expect(wishing.continuing).toBe(true);
  expect(
    next(wishing, { kind: "frame", frame: standing({ state: "waiting" }), watched: true }).continuing,
  ).toBe(false);
});

test("a colleague who joins or leaves does not become the person who answers", () => {
  const joined = event(2, {
    name: "colleague_joined",
    group: "women",
    consultant: { ...LI, name: "张敏", number: "027" },
  });
  const assigned = event(1, { name: "assigned", group: "women", consultant: LI });
  const state = history(...hear(welcome(standing()), assigned, joined, standing({ state: "closed" })));
  expect(lastServed(state)).toEqual(LI);
});

describe("the reason for a worse place", () => {
  const worse = standing({ state: "waiting", ahead: 3, rose: "emergency" });

  test("is kept until the place improves", () => {
    const later = history(...hear(welcome(worse), standing({ state: "waiting", ahead: 3, wait_ms: 1000 })));
    expect(later.standing).toMatchObject({ rose: "emergency", wait_ms: 1000 });
    const better = next(later, hear(standing({ state: "waiting", ahead: 2 }))[0] as Happening);
    expect(better.standing?.rose).toBeUndefined();
  });

  test("is replaced by a newer reason, and ends with the waiting", () => {
    const forward = standing({ state: "waiting", ahead: 4, rose: "forward" });
    expect(history(...hear(welcome(worse), forward)).standing?.rose).toBe("forward");
    expect(history(...hear(welcome(worse), standing())).standing?.rose).toBeUndefined();
  });
});

describe("the hours", () => {
  const shut = { department: "gynecology", open: false };

  test("come with the welcome, and change with a frame, or for one department with a refusal", () => {
    const open = { department: "gynecology", open: true };
    const other = { department: "pediatrics", open: true };
    const state = history(...hear(welcome(), { type: "hours", departments: [open, other] }));
    expect(state.hours).toEqual([open, other]);
    expect(next(state, { kind: "closed", hours: shut }).hours).toEqual([other, shut]);
    expect(history(...hear({ type: "hours", departments: [shut] }, welcome())).hours).toEqual([]);
  });
});

test("emergencies are listed once for each kind, the latest first", () => {
  const noticed = (seq: number, emergency: string) => event(seq, { name: "emergency_noticed", emergency });
  const state = history(
    ...hear(welcome(standing()), noticed(1, "body"), noticed(2, "mind"), noticed(3, "body")),
  );
  expect(emergencies(state)).toEqual(["body", "mind"]);
});

test("the visitor's own words are whole messages and pending texts, as many of the last ones as fit", () => {
  const state = history(...hear(welcome(standing()), entry(1, "问"), answer(2)), {
    kind: "wrote",
    pending: pending({ body: "再问" }),
  });
  expect(ownWords(state)).toBe("问\n再问");
  expect(ownWords({ ...state, limits: { message: 3, note: 0 } })).toBe("再问");
});
