// Regular expressions as the emergency words are written: with looking back at one character, which Safari before 16.4
// cannot do. Where the browser can, its own engine reads them; elsewhere the small one below does, for those patterns.

/** Looks for one regular expression in a text. */
export interface Pattern {
  /** Start and end of every match, from left to right, without overlap. */
  all(text: string): [number, number][];
  /** Whether it matches somewhere. */
  isIn(text: string): boolean;
  /** Whether it matches at the beginning. */
  begins(text: string): boolean;
}

/** Not written as /…/: an engine that cannot look back would refuse the whole script. */
const LOOKING_BACK = "(?<!a)b";

/** Whether the browser's engine can look back. */
export const LOOKS_BACK = (() => {
  try {
    return new RegExp(LOOKING_BACK).test("b");
  } catch {
    return false;
  }
})();

/** Compiles a pattern. `looksBack`: whether the browser's engine may be used for one that looks back. */
export function compiled(pattern: string, looksBack = LOOKS_BACK): Pattern {
  return looksBack || !pattern.includes("(?<") ? native(pattern) : own(pattern);
}

/** The text with every match replaced. `by` gets the match, and everything from its beginning on. */
export function replaced(pattern: Pattern, text: string, by: (hit: string, rest: string) => string): string {
  let whole = "";
  let from = 0;
  for (const [start, end] of pattern.all(text)) {
    whole += text.slice(from, start) + by(text.slice(start, end), text.slice(start));
    from = end;
  }
  return whole + text.slice(from);
}

function native(pattern: string): Pattern {
  const anywhere = new RegExp(pattern);
  const each = new RegExp(pattern, "g");
  const first = new RegExp(`^(?:${pattern})`);
  return {
    isIn: (text) => anywhere.test(text),
    begins: (text) => first.test(text),
    all(text) {
      const found: [number, number][] = [];
      each.lastIndex = 0;
      for (let hit = each.exec(text); hit !== null; hit = each.exec(text)) {
        found.push([hit.index, hit.index + hit[0].length]);
        if (hit[0] === "") each.lastIndex++;
      }
      return found;
    },
  };
}

/** Matches at `at` and then whatever `rest` matches; returns where it ended, or -1. */
type Matcher = (text: string, at: number, rest: (at: number) => number) => number;

function own(pattern: string): Pattern {
  const matcher = new Reader(pattern).whole();
  const at = (text: string, start: number) => matcher(text, start, (end) => end);
  const all = (text: string, most: number) => {
    const found: [number, number][] = [];
    for (let start = 0; start <= text.length && found.length < most; ) {
      const end = at(text, start);
      if (end >= 0) found.push([start, end]);
      start = Math.max(start + 1, end);
    }
    return found;
  };
  return {
    isIn: (text) => all(text, 1).length > 0,
    begins: (text) => at(text, 0) >= 0,
    all: (text) => all(text, Number.POSITIVE_INFINITY),
  };
}

const WORD = /\w/;

/** Reads the part of the syntax that the lists use, into functions that try one way after the other. */
class Reader {
  private at = 0;

  constructor(private readonly pattern: string) {}

  whole(): Matcher {
    const ways = [this.sequence()];
    while (this.takes("|")) ways.push(this.sequence());
    if (ways.length === 1 && ways[0]) return ways[0];
    return (text, at, rest) => {
      for (const way of ways) {
        const end = way(text, at, rest);
        if (end >= 0) return end;
      }
      return -1;
    };
  }

  private takes(wanted: string): boolean {
    const is = this.pattern.startsWith(wanted, this.at);
    if (is) this.at += wanted.length;
    return is;
  }

  private sequence(): Matcher {
    const atoms: Matcher[] = [];
    while (this.at < this.pattern.length && !"|)".includes(this.pattern.charAt(this.at)))
      atoms.push(this.repeated(this.atom()));
    return atoms.reduceRight<Matcher>(
      (after, atom) => (text, at, rest) => atom(text, at, (end) => after(text, end, rest)),
      (_text, at, rest) => rest(at),
    );
  }

  private repeated(atom: Matcher): Matcher {
    const counts = /^(?:[?*+]|\{(\d*)(,?)(\d*)\})/.exec(this.pattern.slice(this.at));
    if (counts === null) return atom;
    const [sign, low, comma, high] = counts;
    this.at += sign.length;
    const least = sign === "+" ? 1 : Number(low ?? 0);
    const most = sign === "?" ? 1 : comma === "" ? least : high ? Number(high) : Number.POSITIVE_INFINITY;
    const more = (text: string, at: number, rest: (at: number) => number, count: number): number => {
      if (count < most) {
        const end = atom(text, at, (next) => (next === at ? -1 : more(text, next, rest, count + 1)));
        if (end >= 0) return end;
      }
      return count >= least ? rest(at) : -1;
    };
    return (text, at, rest) => more(text, at, rest, 0);
  }

  private atom(): Matcher {
    if (this.takes("(?:") || (!this.pattern.startsWith("(?", this.at) && this.takes("(")))
      return this.closed();
    if (this.takes("(?=")) return this.looking(true, 0);
    if (this.takes("(?!")) return this.looking(false, 0);
    if (this.takes("(?<=")) return this.looking(true, 1);
    if (this.takes("(?<!")) return this.looking(false, 1);
    if (this.takes("^")) return (_text, at, rest) => (at === 0 ? rest(at) : -1);
    if (this.takes("$")) return (text, at, rest) => (at === text.length ? rest(at) : -1);
    if (this.takes("\\b"))
      return (text, at, rest) =>
        WORD.test(text.charAt(at)) !== WORD.test(at > 0 ? text.charAt(at - 1) : "") ? rest(at) : -1;
    const one = /^(?:\[(?:\\.|[^\]])*\]|\\.|.)/.exec(this.pattern.slice(this.at))?.[0] ?? "";
    this.at += one.length;
    const character = new RegExp(`^${one}$`);
    return (text, at, rest) => (at < text.length && character.test(text.charAt(at)) ? rest(at + 1) : -1);
  }

  private closed(): Matcher {
    const inside = this.whole();
    this.at++;
    return inside;
  }

  /** `back`: how many characters earlier the inside begins. */
  private looking(wanted: boolean, back: number): Matcher {
    const inside = this.closed();
    return (text, at, rest) =>
      (at >= back && inside(text, at - back, (end) => end) >= 0) === wanted ? rest(at) : -1;
  }
}
