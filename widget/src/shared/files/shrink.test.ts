import { expect, test } from "vitest";
import { fitted, LONGEST, MOST_BYTES, MOST_PIXELS, prepared, type Read, type Reader } from "./shrink";

const DRAWN = new Blob(["drawn"], { type: "image/jpeg" });

function picture(differs: Partial<Read> = {}): Reader {
  return async () => ({ width: 100, height: 50, drawn: async () => DRAWN, ...differs });
}

const unreadable: Reader = async () => null;

function file(type: string, size = 10, name = "王芳的检查单.png"): File {
  const made = new File(["x"], name, { type });
  Object.defineProperty(made, "size", { value: size });
  return made;
}

test.each([
  [100, 50, 100, 50],
  [LONGEST, LONGEST, LONGEST, LONGEST],
  [4000, 3000, 2000, 1500],
  [3000, 4000, 1500, 2000],
  [40_000, 3, 2000, 1],
])("a picture of %i × %i is drawn at %i × %i", (width, height, wide, high) => {
  expect(fitted(width, height)).toEqual({ width: wide, height: high });
});

test("a picture is drawn again as JPEG, without its name", async () => {
  const done = await prepared(file("image/png"), picture(), false);
  expect(done).toEqual({ kind: "ready", file: DRAWN, name: "image.jpg" });
});

test("a picture of a kind that only this browser reads is sent as JPEG", async () => {
  expect(await prepared(file("image/heic"), picture(), false)).toMatchObject({ file: DRAWN });
});

test.each([
  ["image/jpeg", "image.jpeg"],
  ["image/png", "image.png"],
  ["image/webp", "image.webp"],
])("%s that cannot be drawn goes as it is, under a name that says nothing", async (type, name) => {
  const original = file(type);
  const drawn = async () => null;
  expect(await prepared(original, picture({ drawn }), false)).toEqual({
    kind: "ready",
    file: original,
    name,
  });
  expect(await prepared(original, unreadable, false)).toEqual({ kind: "ready", file: original, name });
});

test.each([
  ["image/heic", unreadable, 10, "file_type"],
  ["application/pdf", unreadable, 10, "file_type"],
  ["text/plain", unreadable, 10, "file_type"],
  ["", unreadable, 10, "file_type"],
  ["image/jpeg", picture({ width: MOST_PIXELS, height: 2 }), 10, "file_pixels"],
  ["image/jpeg", picture({ drawn: async () => null }), MOST_BYTES + 1, "file_too_large"],
] as const)("a visitor's %s is refused before it is sent (%#)", async (type, read, size, code) => {
  expect(await prepared(file(type, size), read, false)).toEqual({ kind: "refused", code });
});

test("a picture with too many pixels is never drawn", async () => {
  let drew = false;
  const drawn = async () => {
    drew = true;
    return DRAWN;
  };
  await prepared(file("image/png"), picture({ width: 30_000, height: 30_000, drawn }), false);
  expect(drew).toBe(false);
});

test("what is too large as picked may be small enough as drawn", async () => {
  expect(await prepared(file("image/png", MOST_BYTES * 3), picture(), false)).toMatchObject({ file: DRAWN });
});

test("staff send a PDF as it is, with its name, up to the limit", async () => {
  const pdf = file("application/pdf", MOST_BYTES, "检查须知.pdf");
  expect(await prepared(pdf, unreadable, true)).toEqual({ kind: "ready", file: pdf, name: "检查须知.pdf" });
  const larger = file("application/pdf", MOST_BYTES + 1);
  expect(await prepared(larger, unreadable, true)).toEqual({ kind: "refused", code: "file_too_large" });
});
