import fc from "fast-check";
import { expect, test } from "vitest";
import { coloured } from "./colour";

/** WCAG's relative luminance. */
function luminance(colour: string): number {
  const parts = [1, 3, 5].map((place) => {
    const part = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
}

function contrast(style: string): number {
  const [, back = "", text = ""] = /^background:(#\w{6});color:(#\w{3});$/.exec(style) ?? [];
  const [one, other] = [luminance(back), text === "#000" ? 0 : 1];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

test("whatever colour the tag asks for, the text on it can be read", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), (rgb) => {
      expect(contrast(coloured(`#${rgb.toString(16).padStart(6, "0")}`))).toBeGreaterThanOrEqual(4.5);
    }),
    { numRuns: 2_000 },
  );
});

test.each([undefined, "", "red", "#fff", "#12345g", "#0f766e;position:static", "url(//evil.example)"])(
  "%j is no colour, and the usual one stays",
  (wanted) => {
    expect(coloured(wanted)).toBe("background:#0f766e;color:#fff;");
  },
);
