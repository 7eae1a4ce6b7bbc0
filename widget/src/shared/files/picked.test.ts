import { expect, test } from "vitest";
import { pastedFiles, sizeText } from "./picked";

const picture = new File(["x"], "a.png", { type: "image/png" });
const clipboard = (types: string[]) => ({
  clipboardData: { types, files: [picture] } as unknown as DataTransfer,
});

test("a pasted picture is taken", () => {
  expect(pastedFiles(clipboard(["Files"]))).toEqual([picture]);
});

test("text that was copied with its picture, as Word does, is pasted as text", () => {
  expect(pastedFiles(clipboard(["text/plain", "text/html", "Files"]))).toEqual([]);
  expect(pastedFiles({ clipboardData: null })).toEqual([]);
});

test.each([
  [0, "1 KB"],
  [640_400, "640 KB"],
  [999_999, "1000 KB"],
  [1_240_000, "1.2 MB"],
])("%i bytes are %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
