import fc from "fast-check";
import { expect, test } from "vitest";
import { pieces } from "./links";

/** The links of a text, as [text, href]; the second is left out where both are the same. */
const links = (text: string) =>
  pieces(text)
    .filter(({ href }) => href !== null)
    .map((piece) => (piece.href === piece.text ? [piece.text] : [piece.text, piece.href]));

test.each([
  ["请看https://hospital.example/route?a=1&b=2#map。", ["https://hospital.example/route?a=1&b=2#map"]],
  ["See http://hospital.example.", ["http://hospital.example"]],
  ["HTTPS://Hospital.Example/A", ["HTTPS://Hospital.Example/A"]],
  ["（地址：https://hospital.example/a(b)）", ["https://hospital.example/a(b)"]],
  ["(https://hospital.example/a)", ["https://hospital.example/a"]],
  ["https://hospital.example/a,b; ok", ["https://hospital.example/a,b"]],
  ["“https://hospital.example/挂号”", ["https://hospital.example/"]],
  ["电话0731-8888 0999，", ["0731-8888 0999", "tel:073188880999"]],
  ["13812345678", ["13812345678", "tel:13812345678"]],
  ["138-1234-5678。", ["138-1234-5678", "tel:13812345678"]],
  ["400-123-4567", ["400-123-4567", "tel:4001234567"]],
  ["+86 138 1234 5678", ["+86 138 1234 5678", "tel:+8613812345678"]],
  ["国际电话：+44 20 7946 0958", ["+44 20 7946 0958", "tel:+442079460958"]],
])("%s holds a link", (text, link) => {
  expect(links(text)).toEqual([link]);
});

test.each([
  "javascript:alert(1)",
  "data:text/html,x",
  "ftp://hospital.example",
  "xhttps://hospital.example",
  "https://hospital.example@evil.example/",
  "https://user:word@hospital.example/",
  "https://localhost/",
  "https://",
  "http://[::1]/",
  "www.hospital.example",
  "2026-11-30 10:05",
  "挂号费120元",
  "110101199003078888",
  "6222021234567890123",
  "预约号 0123456789",
  "138123456789",
  "1381234567",
  "A13812345678",
  "13812345678x",
  "1.13812345678",
  "12812345678",
])("%s holds none", (text) => {
  expect(links(text)).toEqual([]);
});

test("several links of one message, with everything between them", () => {
  expect(pieces("打0731-8888 0999或看 https://h.example/a\n谢谢")).toEqual([
    { text: "打", href: null },
    { text: "0731-8888 0999", href: "tel:073188880999" },
    { text: "或看 ", href: null },
    { text: "https://h.example/a", href: "https://h.example/a" },
    { text: "\n谢谢", href: null },
  ]);
});

test("the pieces together are the text, and a link leads to a page or a phone only", () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom("https://", "http://a.example", "@", "(", ")", "138", " ", "-", "+", "0731-", "医院"),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join("");
      const found = pieces(text);
      expect(found.map((piece) => piece.text).join("")).toBe(text);
      for (const { href } of found) expect(href ?? "tel:").toMatch(/^(https?:\/\/|tel:)/i);
    }),
  );
});

test("a thousand brackets are read, too", () => {
  expect(links(`https://h.example/${"(".repeat(500)}${")".repeat(501)}`)).toHaveLength(1);
});
