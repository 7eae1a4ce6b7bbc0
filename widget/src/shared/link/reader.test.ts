import fc from "fast-check";
import { expect, test } from "vitest";
import { CONVERSATION, entry } from "./fakes";
import { Reader } from "./reader";

function reading() {
  const told: number[] = [];
  const fetches: number[] = [];
  const resets: string[] = [];
  const gone: string[] = [];
  const reader = new Reader({
    deliver: (entries) => told.push(...entries.map(({ seq }) => seq)),
    fetch: (_conversation, after) => fetches.push(after),
    reset: (conversation) => resets.push(conversation),
    gone: (conversation) => gone.push(conversation),
  });
  return { reader, told, fetches, resets, gone };
}

const following = (head: number, recovered: boolean, epoch = "e1") => ({
  conversation: CONVERSATION,
  epoch,
  head,
  recovered,
});

test("a duplicated entry is delivered once", () => {
  const { reader, told } = reading();
  reader.take([entry(1), entry(1), entry(2)]);
  reader.take([entry(1)]);
  expect(told).toEqual([1, 2]);
});

test("an entry after a gap waits until the gap is fetched", () => {
  const { reader, told, fetches } = reading();
  reader.take([entry(1)]);
  reader.take([entry(3)]);
  expect([told, fetches]).toEqual([[1], [1]]);
  reader.page(CONVERSATION, "e1", [entry(2), entry(3)]);
  expect(told).toEqual([1, 2, 3]);
});

test("a page without anything new is not requested again at once", () => {
  const { reader, fetches } = reading();
  reader.take([entry(2)]);
  reader.page(CONVERSATION, "e1", []);
  expect(fetches).toEqual([0]);
});

test("a new epoch makes the delivered entries void", () => {
  const { reader, told, resets } = reading();
  reader.take([entry(1), entry(2)]);
  reader.take([entry(1, "other", "e2")]);
  expect([told, resets]).toEqual([[1, 2, 1], [CONVERSATION]]);
});

test("a copy that could not be completed is delivered again from the beginning", () => {
  const { reader, told, resets } = reading();
  reader.take([entry(1)]);
  reader.follow(following(2, false));
  reader.take([entry(1), entry(2)]);
  expect([told, resets]).toEqual([[1, 1, 2], [CONVERSATION]]);
});

test("a large gap is fetched in pages", () => {
  const { reader, fetches, told } = reading();
  reader.follow({ ...following(150, false), why: "gap_too_big" });
  const all = Array.from({ length: 150 }, (_, place) => entry(place + 1));
  reader.page(CONVERSATION, "e1", all.slice(0, 100));
  reader.page(CONVERSATION, "e1", all.slice(100));
  expect([fetches, told.length]).toEqual([[0, 100], 150]);
});

test("a conversation that the server no longer names is reported as gone", () => {
  const { reader, gone } = reading();
  reader.take([entry(1)]);
  reader.resumed([]);
  expect([gone, reader.positions()]).toEqual([[CONVERSATION], []]);
});

test("entries under way are dropped after forgetting, until the conversation is followed again", () => {
  const { reader, told } = reading();
  reader.take([entry(1)]);
  reader.forget(CONVERSATION);
  reader.take([entry(2)]);
  expect(told).toEqual([1]);
  reader.follow(following(2, true), { conversation: CONVERSATION, epoch: "e1", after: 1 });
  reader.take([entry(2)]);
  expect(told).toEqual([1, 2]);
});

test("whatever is lost, duplicated or reordered, all entries are delivered once and in order", () => {
  const arrivals = fc.array(fc.record({ seq: fc.integer({ min: 1, max: 20 }), lose: fc.boolean() }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(arrivals, fc.array(fc.nat(3), { maxLength: 60 }), (sent, luck) => {
      const { reader, told, fetches } = reading();
      const answer = () => {
        const after = fetches.pop();
        if (after === undefined) return;
        reader.page(
          CONVERSATION,
          "e1",
          Array.from({ length: 5 }, (_, place) => entry(after + 1 + place)),
        );
      };
      for (const [place, { seq, lose }] of sent.entries()) {
        if (!lose) reader.take([entry(seq)]);
        if (luck[place] === 0) answer();
        if (luck[place] === 1) reader.fetchFailed(CONVERSATION);
        if (luck[place] === 2) {
          fetches.length = 0;
          reader.disconnected();
          reader.follow(following(20, true));
        }
      }
      reader.take([entry(1)]);
      reader.reached(CONVERSATION, "e1", 20);
      reader.fetchFailed(CONVERSATION);
      for (let round = 0; round < 10; round++) answer();
      expect(told.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, place) => place + 1));
      expect(told).toEqual([...told].sort((a, b) => a - b));
    }),
  );
});
