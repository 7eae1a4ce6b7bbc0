// Masks personal numbers in what a visitor saves, by the rules of chatserver/domain/masking.py. Both are tested with
// the same examples. Old Safari knows no lookbehind, so what stands before a number is checked apart.

const SHOWN_OF_PHONE = [3, 4] as const;
/** A phone number with at least this many digits shows its ends; of a shorter one only the last two are shown. */
const LONG = 9;
const GAP = "[ .-]?";
const DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])";
const PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)";
const IS = "(?:号码|号|码)?(?:是|为|[ :#])*";
const GROUPED = [
  "1[3-9]\\d{9}",
  `1[3-9]\\d(?:${GAP}\\d{4}){2}`,
  `1[3-9]\\d${GAP}\\d{3}${GAP}\\d{5}`,
  `1[3-9]\\d{2}${GAP}\\d{3}${GAP}\\d{4}`,
  `1[3-9]\\d${GAP}\\d{8}`,
  `1[3-9]\\d{5}${GAP}\\d{4}`,
  `1[3-9]\\d(?:${GAP}\\d\\d){4}`,
  "1[ -][3-9](?:[ -]\\d){9}",
].join("|");

type Kind = "email" | "thing" | "record" | "account" | "identity" | "card" | "phone";

/** What must not stand before a match, and the match; its group is the number, which ends where the match ends. */
const KINDS: [Kind, RegExp | null, RegExp][] = (
  [
    ["email", /[\w.+-]/, "([a-z0-9](?:[\\w.+-]*[\\w+-])?@(?:[a-z0-9-]+\\.)+[a-z]{2,})"],
    ["thing", null, "((?:订单|流水|运单|快递|预约|发票|交易|单)[单]?号[码]?(?:是|为|[ :#])*[a-z0-9-]+)"],
    [
      "record",
      null,
      "(?:(?:病历|病案|住院|门诊|就诊|诊疗|检查|医保|社保|护照|通行证)卡?号码?" +
        "|(?:就诊|诊疗|医保|社保|健康)卡(?=[ :是为]*\\d{6})|medical record(?: (?:no\\.?|number))?|mrn)" +
        "(?:是|为|[ :#])*([a-z]{0,3}\\d(?:-?\\d){3,19})(?!\\d)",
    ],
    ["account", null, `(?:银行卡|储蓄卡|信用卡|卡号|账号|帐号)${IS}(\\d(?:[ -]?\\d){11,18})(?!\\d)`],
    [
      "identity",
      /\d/,
      `(${PROVINCE}\\d{4}${GAP}(?:(?:18|19|20)\\d\\d${GAP}${DAY}${GAP}\\d{3}[\\dx]|\\d\\d${DAY}\\d{3}))(?![\\dx])`,
    ],
    ["card", /[\d.]/, "([3-69]\\d{3}(?:[ -]?\\d{4}){3}(?:[ -]?\\d{1,3})?)(?!\\d)"],
    ["phone", /\d/, `(?:(?:\\+|00)?86[ -]?)?(${GROUPED})(?!\\d)`],
    ["phone", /\d/, "(\\(?0(?:10|2\\d|[3-9]\\d\\d)\\)?[ -]{0,2}[2-8]\\d{2,3}[ -]?\\d{4})(?!\\d)"],
    ["phone", /\d/, "\\+([1-9]\\d{0,2}(?:[ .()-]{0,2}\\d){7,12})(?!\\d)"],
    ["phone", null, `(?:电话|座机|手机|联系方式|phone|tel)${IS}([2-8]\\d{2,3}[ -]?\\d{4})(?!\\d)`],
  ] as [Kind, RegExp | null, string][]
).map(([kind, before, source]) => [kind, before, new RegExp(source, "iy")]);

/** The text with every personal number in it masked. Dates, prices, times and numbers of orders stay. */
export function maskedText(text: string): string {
  const characters = Array.from(text);
  const places: number[] = [];
  let plain = "";
  characters.forEach((each, place) => {
    const as = plainOf(each);
    // One place for each UTF-16 unit, because that is how a match counts.
    for (let unit = 0; unit < as.length; unit++) places.push(place);
    plain += as;
  });
  const pieces: string[] = [];
  let done = 0;
  let at = 0;
  while (at < plain.length) {
    const found = matchAt(plain, at);
    if (found === null) {
      at += 1;
      continue;
    }
    const { kind, end, length } = found;
    if (kind !== "thing") {
      const first = places[end - length] ?? 0;
      const last = (places[end - 1] ?? 0) + 1;
      pieces.push(...characters.slice(done, first), masked(kind, characters.slice(first, last)));
      done = last;
    }
    at = end;
  }
  return [...pieces, ...characters.slice(done)].join("");
}

function matchAt(plain: string, at: number): { kind: Kind; end: number; length: number } | null {
  for (const [kind, before, shape] of KINDS) {
    if (at > 0 && before?.test(plain[at - 1] ?? "")) continue;
    shape.lastIndex = at;
    const found = shape.exec(plain);
    if (found === null) continue;
    const number = found[1] ?? "";
    // As in Python, a number whose check digit is wrong stays, and the search goes on behind it.
    const isThing = kind === "thing" || (kind === "card" && !isCard(number));
    return { kind: isThing ? "thing" : kind, end: shape.lastIndex, length: number.length };
  }
  return null;
}

function masked(kind: Kind, number: string[]): string {
  if (kind === "email") {
    const [name = "", domain = ""] = number.join("").replace("＠", "@").split(/@(.*)/);
    return `${Array.from(name)[0] ?? ""}***@${domain}`;
  }
  if (kind === "identity") return starred(number, 3, 2);
  if (kind === "account" || kind === "card") return starred(number, 0, 4);
  if (kind === "record") return starred(number, 0, 2);
  const digits = number.filter((each) => /^\p{N}$/u.test(each)).length;
  if (digits >= LONG) return starred(number, ...SHOWN_OF_PHONE);
  return starred(number, 0, digits > 2 ? 2 : 0);
}

/** Stars for all letters and digits except the first `before` and the last `after`. */
function starred(number: string[], before: number, after: number): string {
  const places = number.flatMap((each, place) => (/^[\p{L}\p{N}]$/u.test(each) ? [place] : []));
  const hidden = new Set(places.slice(before, Math.max(before, places.length - after)));
  return number.map((each, place) => (hidden.has(place) ? "*" : each)).join("");
}

/** Plain digits, letters and separators for those of other scripts and widths; nothing for what is invisible. */
function plainOf(character: string): string {
  if (character <= "\x7f") return character;
  if (/^\p{Nd}$/u.test(character)) return digitOf(character);
  if (/^\p{Cf}$/u.test(character)) return "";
  if (/^\p{Pd}$/u.test(character)) return "-";
  if (/^\p{Zs}$/u.test(character)) return " ";
  const compatible = character.normalize("NFKC");
  return Array.from(compatible).length === 1 ? compatible : character;
}

/** The digits of a script stand one after the other, from zero to nine. */
function digitOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 50 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}

/** Whether the check digit is right (ISO/IEC 7812-1). */
function isCard(number: string): boolean {
  const digits = Array.from(number.replace(/\D/g, ""), Number).reverse();
  const sum = digits.reduce((all, digit, place) => {
    if (place % 2 === 0) return all + digit;
    return all + 2 * digit - (digit > 4 ? 9 : 0);
  }, 0);
  return sum % 10 === 0;
}
