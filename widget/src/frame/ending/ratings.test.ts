import { expect, test } from "vitest";
import type { Standing } from "../../shared/frames";
import { ratings } from "./ratings";

const LI = { name: "李雯", number: "012", title: "consultant" } as const;
const ZHANG = { name: "张敏", number: "027", title: "nurse" } as const;
const NOW = 1_000;
const UNTIL = 2_000;

function ended(differs: Partial<Standing> = {}): Standing {
  return {
    type: "conversation",
    conversation: "c",
    state: "closed",
    department: "d",
    served_by: { ...ZHANG, part: 2 },
    rating_until: UNTIL,
    rateable: [
      { part: 1, person: LI, until: UNTIL },
      { part: 2, person: ZHANG, until: UNTIL },
    ],
    ...differs,
  };
}

const shown = (standing: Standing, dismissed = false) => {
  const { asked, folded } = ratings(standing, NOW, dismissed);
  return { asked: asked?.part ?? null, folded: folded.map(({ part }) => part) };
};

test("the person who answered last is asked about, and the earlier ones are folded", () => {
  expect(shown(ended())).toEqual({ asked: 2, folded: [1] });
});

test("stars for the first person are never shown as those for the second", () => {
  const rateable = [
    { part: 1, person: LI, until: UNTIL, stars: 5 },
    { part: 2, person: ZHANG, until: UNTIL },
  ];
  const { asked, folded } = ratings(ended({ rateable, rating_until: null }), NOW, false);
  expect(asked).toBeNull();
  expect(folded.map(({ part, stars }) => [part, stars])).toEqual([
    [2, null],
    [1, 5],
  ]);
});

test("a rated person is shown with the stars, also on a day on which the request was dismissed", () => {
  const rateable = [{ part: 2, person: ZHANG, until: UNTIL, stars: 4 }];
  expect(ratings(ended({ stars: 4, rateable }), NOW, true).asked?.stars).toBe(4);
});

test("a request that was dismissed today, or made already, is folded and not repeated", () => {
  expect(shown(ended(), true)).toEqual({ asked: null, folded: [2, 1] });
  expect(shown(ended({ rating_until: null }))).toEqual({ asked: null, folded: [2, 1] });
  expect(ratings(ended(), NOW, true).lastIsFolded).toBe(true);
});

test("a person who sent too little is not asked about, and the earlier ones stay folded", () => {
  const rateable = [{ part: 1, person: LI, until: UNTIL }];
  expect(shown(ended({ rateable, rating_until: null }))).toEqual({ asked: null, folded: [1] });
  expect(ratings(ended({ rateable, rating_until: null }), NOW, false).lastIsFolded).toBe(false);
});

test("when the time is over nobody can be rated", () => {
  expect(ratings(ended(), UNTIL, false)).toEqual({ asked: null, folded: [], lastIsFolded: false });
});

test("with a server that knows no parts, the person who answered last is asked about", () => {
  const { rateable: _, ...old } = ended({ served_by: ZHANG });
  expect(ratings(old, NOW, false)).toEqual({
    asked: { part: null, person: ZHANG, stars: null },
    folded: [],
    lastIsFolded: false,
  });
});
