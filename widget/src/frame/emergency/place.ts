// The words around a sign, which may take its danger away: it is negated, long past, only imagined, or asked about in
// general. The same as `chatserver/domain/emergency_words/frames.py`.

import { compiled, type Pattern } from "./patterns";
import words from "./words.json";

export type Phrases = Record<keyof typeof words.phrases, Pattern>;

export function phrases(looksBack?: boolean): Phrases {
  const all = Object.entries(words.phrases).map(([name, way]) => [name, compiled(way, looksBack)]);
  return Object.fromEntries(all) as Phrases;
}

/** A normalised text, and where its clauses and sentences begin. */
export interface Spoken {
  text: string;
  clauses: number[];
  sentences: number[];
}

export function spokenOf(text: string): Spoken {
  const after = (breaks: RegExp) => [
    0,
    ...Array.from(text, (each, at) => (breaks.test(each) ? at + 1 : 0)).filter(Boolean),
  ];
  return { text, clauses: after(/[，。？]/), sentences: after(/[。？]/) };
}

/** Some words and their context: the rest of their clause, and what comes earlier and later in the sentence. */
export class Place {
  private readonly before: string;
  private readonly after: string;
  private readonly earlier: string;
  private readonly later: string;
  private readonly clause: string;

  constructor(
    private readonly says: Phrases,
    { text, clauses, sentences }: Spoken,
    start: number,
    end: number,
  ) {
    const begin = last(clauses, start);
    this.before = text.slice(Math.max(begin, start - words.near), start);
    this.after = text.slice(end, Math.min(next(clauses, end, text), end + words.near));
    this.earlier = text.slice(Math.max(last(sentences, start), begin - words.near), begin);
    this.later = text.slice(end, Math.min(next(sentences, end, text), end + words.near));
    this.clause = this.before + text.slice(start, end) + this.after;
  }

  negated(): boolean {
    return this.says.NEGATED.isIn(this.before) || this.says.NEGATED_AFTER.begins(this.after);
  }

  ofAStory(): boolean {
    const { STORY, ANIMAL, STUDY, SCAR } = this.says;
    if (STORY.isIn(this.before) || ANIMAL.isIn(this.before)) return true;
    return STUDY.isIn(this.earlier + this.clause + this.later) || SCAR.begins(this.after);
  }

  past(): boolean {
    const { NOW, AGAIN, PAST, OVER, ONCE, TOLD } = this.says;
    if (NOW.isIn(this.clause) || AGAIN.isIn(this.later)) return false;
    if (PAST.isIn(this.clause) || OVER.begins(this.after) || ONCE.isIn(this.later)) return true;
    return PAST.isIn(this.earlier) && TOLD.isIn(this.clause);
  }

  lately(): boolean {
    return this.says.LATELY.isIn(this.clause) && !this.now();
  }

  imagined(): boolean {
    const { MAYBE, MAY, ASKS, WHENEVER, NOW } = this.says;
    if (NOW.isIn(this.clause)) return false;
    if (this.conditional() || MAYBE.isIn(this.before)) return true;
    return (MAY.isIn(this.before) && ASKS.begins(this.after)) || WHENEVER.begins(this.after);
  }

  wanted(): boolean {
    return this.says.WANTED.isIn(this.before);
  }

  permitted(): boolean {
    return this.says.PERMITTED.isIn(this.before);
  }

  byAccident(): boolean {
    return this.says.ACCIDENT.isIn(this.earlier + this.clause);
  }

  conditional(): boolean {
    const { NOW, IF } = this.says;
    return !NOW.isIn(this.clause) && (IF.isIn(this.earlier) || IF.isIn(this.before));
  }

  askedAbout(): boolean {
    const { HAPPENED, ANYBODY, GENERAL, WHAT_NOW } = this.says;
    if (this.now()) return false;
    if (this.taught()) return true;
    if (HAPPENED.isIn(this.clause)) return false;
    const anybodys = ANYBODY.isIn(this.clause);
    if (GENERAL.isIn(this.later)) return anybodys || !this.somebodys();
    return anybodys && WHAT_NOW.isIn(this.later);
  }

  taught(): boolean {
    const { KNOWLEDGE, LESSON, TOPIC } = this.says;
    if (KNOWLEDGE.isIn(this.clause) || LESSON.isIn(this.earlier)) return true;
    return TOPIC.isIn(this.after) && !this.somebodys();
  }

  ofAPrice(): boolean {
    return this.says.PRICE.isIn(this.clause) && !this.now();
  }

  over(): boolean {
    const { AFTER, HOME_AGAIN } = this.says;
    return (AFTER.isIn(this.clause) || HOME_AGAIN.isIn(this.later)) && !this.now();
  }

  now(): boolean {
    return this.says.NOW.isIn(this.clause) || this.says.SUDDENLY.isIn(this.clause);
  }

  suspected(): boolean {
    const around = this.before + this.after;
    const alone = around === "" && this.earlier === "" && this.later === "";
    return alone || this.now() || this.says.SUSPECTED.isIn(around) || this.says.NOW.isIn(this.earlier);
  }

  somebodys(): boolean {
    return this.says.OWN.isIn(this.clause) || this.says.OWN.isIn(this.earlier);
  }

  mild(): boolean {
    const { MILD, SEVERE } = this.says;
    return MILD.isIn(`${this.clause}，${this.later}`) && !SEVERE.isIn(`${this.before}，${this.later}`);
  }
}

/** The last of the starts that is not after `at`. */
function last(starts: number[], at: number): number {
  return starts.filter((each) => each <= at).pop() ?? 0;
}

/** The first of the starts after `at`, or the end. */
function next(starts: number[], at: number, text: string): number {
  return starts.find((each) => each > at) ?? text.length;
}
