// 急症 in the browser: what `chatserver/domain/emergency.py` finds in a text, step by step the same, for texts that the
// server has not seen yet. The words are those of words.json, made from the server's lists, and the hospital's own.
//
// The server decides what happens; this only tells the visitor at once what to do, and what must not be held back.

import type { EmergencyWords } from "../../shared/frames";
import { compiled, type Pattern, replaced } from "./patterns";
import { Place, phrases, type Spoken, spokenOf } from "./place";
import { type Plainly, spelling } from "./spelling";
import words from "./words.json";

export type Kind = "body" | "mind" | "protect";
export type Level = "critical" | "attention";

/** What a text speaks of: the kinds of its most urgent level, in the order in which their texts are shown. */
export interface Finding {
  kinds: Kind[];
  level: Level;
}

/** Words that the hospital added. They count only in the departments `only_in` (empty: in all), never in `not_in`. */
export type OwnWords = EmergencyWords;

/** The department that a text is about. Its names show its medical field. */
export interface Department {
  id: string;
  names: string;
}

export type Find = (text: string, department: Department | null, own: OwnWords[]) => Finding | null;

type Manner = "SYMPTOM" | "EASING" | "ILLNESS" | "ACT" | "WISH" | "FACT" | "HARM";

interface Sign {
  kinds: Kind[];
  level: Level;
  manner: Manner;
  ways: Pattern[];
  ordinaryIn: string[];
}

type Written = Omit<Sign, "ways"> & { ways: string[] };

const REMEMBERED = 50;
const KINDS: Kind[] = ["body", "mind", "protect"];
const LEVELS: Level[] = ["critical", "attention"];
const OWN_MANNER: Record<Kind, Manner> = { body: "SYMPTOM", mind: "WISH", protect: "HARM" };

/** Finds emergencies in texts. `looksBack`: see `compiled`. */
export class Recogniser {
  private readonly signs: Sign[];
  private readonly facts: Record<string, Pattern>;
  private readonly fields: [string, Pattern][];
  private readonly harmless: Pattern;
  private readonly phrases: ReturnType<typeof phrases>;

  private readonly plainly: Plainly;

  constructor(looksBack?: boolean) {
    const pattern = (way: string) => compiled(filled(way), looksBack);
    const each = (patterns: Record<string, string>) =>
      Object.entries(patterns).map(([name, way]): [string, Pattern] => [name, pattern(way)]);
    this.signs = (words.signs as Written[]).map((sign) => ({ ...sign, ways: sign.ways.map(pattern) }));
    this.facts = Object.fromEntries(each(words.facts));
    this.fields = each(words.fields);
    this.harmless = pattern(words.harmless);
    this.phrases = phrases(looksBack);
    this.plainly = spelling(looksBack);
  }

  /** The emergency that the text speaks of in a conversation with this department, or null. */
  find(text: string, department: Department | null, own: OwnWords[]): Finding | null {
    const plain = this.plainly(text);
    const spoken = spokenOf(replaced(this.harmless, plain, () => "＿"));
    const found = [...this.single(plain, spoken, department, own), ...this.together(plain, spoken)];
    for (const level of LEVELS) {
      const kinds = new Set(found.filter((each) => each.level === level).flatMap((each) => each.kinds));
      if (kinds.size > 0) return { kinds: KINDS.filter((kind) => kinds.has(kind)), level };
    }
    return null;
  }

  private *single(
    plain: string,
    spoken: Spoken,
    department: Department | null,
    own: OwnWords[],
  ): Generator<Finding> {
    const told = department === null ? "" : `${department.id} ${department.names}`.toLowerCase();
    const fields = this.fields.filter(([, pattern]) => pattern.isIn(told)).map(([name]) => name);
    const builtIn = this.signs.filter(({ ordinaryIn }) => !ordinaryIn.some((name) => fields.includes(name)));
    for (const sign of [
      ...builtIn,
      ...own.filter((each) => holdsIn(each, department?.id)).map((each) => this.ownSign(each)),
    ]) {
      for (const way of sign.ways) {
        if (!way.isIn(plain)) continue;
        for (const [start, end] of way.all(spoken.text)) {
          const place = new Place(this.phrases, spoken, start, end);
          if (!takenBack(sign.manner, place))
            yield { kinds: kindsOf(sign, place), level: levelOf(sign, place) };
        }
      }
    }
  }

  private *together(plain: string, spoken: Spoken): Generator<Finding> {
    const known: Record<string, boolean> = {};
    for (const each of words.together) {
      const manner = each.kinds[0] === "protect" ? "HARM" : "FACT";
      const isNamed = (name: string) => this.facts[name]?.isIn(plain) ?? false;
      if (each.facts.filter(isNamed).length < each.least) continue;
      const isTold = (name: string) => {
        known[name] ??= (this.facts[name]?.all(spoken.text) ?? []).some(
          ([start, end]) => !takenBack(manner, new Place(this.phrases, spoken, start, end)),
        );
        return known[name];
      };
      if (each.facts.filter(isTold).length < each.least) continue;
      if (each.unless !== "" && this.facts[each.unless]?.isIn(spoken.text)) continue;
      yield { kinds: each.kinds as Kind[], level: each.level as Level };
    }
  }

  private ownSign({ kind, level, words: spelled }: OwnWords): Sign {
    const plain = spelled.map((word) => this.plainly(word).replace(/^[，。？ ]+|[，。？ ]+$/g, ""));
    const ways = plain.map((word) => compiled(word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")));
    return { kinds: [kind], level, manner: OWN_MANNER[kind], ways, ordinaryIn: [] };
  }
}

/** A function that looks in texts. It remembers the last ones, because the screen asks again whenever it is drawn. */
export function finder(): Find {
  const recogniser = new Recogniser();
  const known = new Map<string, Finding | null>();
  return (text, department, own) => {
    const key = `${own.length} ${department?.id} ${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= REMEMBERED) known.clear();
    const found = recogniser.find(text, department, own);
    known.set(key, found);
    return found;
  };
}

/** The pattern with its gaps and vocabulary expanded. */
function filled(pattern: string): string {
  let whole = pattern;
  for (const [name, meant] of Object.entries(words.vocabulary))
    whole = whole.split(`<${name}>`).join(`(?:${meant})`);
  for (const [gap, meaning] of Object.entries(words.gaps)) whole = whole.split(gap).join(meaning);
  return whole;
}

function holdsIn({ only_in, not_in }: OwnWords, department: string | undefined): boolean {
  if (not_in.some((id) => id === department)) return false;
  return only_in.length === 0 || only_in.some((id) => id === department);
}

/** If something was taken by accident, or by a child, it is an emergency of the body only. */
function kindsOf({ manner, kinds }: Sign, place: Place): Kind[] {
  return manner === "ACT" && place.byAccident() ? kinds.filter((kind) => kind !== "mind") : kinds;
}

function levelOf({ manner, level }: Sign, place: Place): Level {
  return place.lately() || (manner === "EASING" && place.mild()) ? "attention" : level;
}

function takenBack(manner: Manner, place: Place): boolean {
  if (place.negated() || place.past() || place.ofAStory()) return true;
  switch (manner) {
    case "ACT":
      return place.conditional() || place.wanted();
    case "HARM":
      return place.taught() && !(place.somebodys() || place.now());
    case "WISH":
      return !place.somebodys() && (place.imagined() || place.askedAbout() || place.ofAPrice());
    case "FACT":
      return place.permitted() || place.imagined() || place.askedAbout();
    case "ILLNESS":
      if (place.over() || !place.suspected()) return true;
  }
  return place.imagined() || place.askedAbout() || place.ofAPrice() || place.over();
}
