// What becomes of a picked file before it is sent: a picture is drawn again, smaller and as JPEG, so that its place,
// camera and time stay at home. Pure; the browser's part is in canvas.ts.

/** The pictures that the server takes. */
export const PICTURES: readonly string[] = ["image/jpeg", "image/png", "image/webp"];
export const PDF = "application/pdf";

/** The longest side of a picture that is drawn again, in pixels. */
export const LONGEST = 2000;
/** Bytes that the server takes. */
export const MOST_BYTES = 10 * 1024 * 1024;
/** From so many pixels on, drawing a picture could take all of a phone's memory. */
export const MOST_PIXELS = 120_000_000;

/** A picture that the browser has read. */
export interface Read {
  width: number;
  height: number;
  /** The picture as a JPEG of this size; null when the browser cannot. */
  drawn(width: number, height: number): Promise<Blob | null>;
}

/** Reads a picture; null when the browser cannot. */
export type Reader = (file: Blob) => Promise<Read | null>;

/** Why a file is not sent at all. The server refuses with the same codes. */
export type Unfit = "file_type" | "file_too_large" | "file_pixels";

export type Prepared = { kind: "ready"; file: Blob; name: string } | { kind: "refused"; code: Unfit };

/** The size at which no side is longer than `LONGEST`. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const share = Math.min(1, LONGEST / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) };
}

/** Prepares a file for sending. `pdf`: whether documents may be sent, too. */
export async function prepared(file: File, read: Reader, pdf: boolean): Promise<Prepared> {
  if (pdf && file.type === PDF) return checked(file, file.name);
  if (!file.type.startsWith("image/")) return { kind: "refused", code: "file_type" };
  const picture = await read(file);
  if (picture !== null && picture.width * picture.height > MOST_PIXELS)
    return { kind: "refused", code: "file_pixels" };
  const { width, height } = fitted(picture?.width ?? 1, picture?.height ?? 1);
  const jpeg = (await picture?.drawn(width, height)) ?? null;
  // The name of a picture tells nothing that is needed, and may be a patient's.
  if (jpeg !== null) return checked(jpeg, "image.jpg");
  // The server cleans what this browser cannot draw.
  if (!PICTURES.includes(file.type)) return { kind: "refused", code: "file_type" };
  return checked(file, `image.${file.type.slice("image/".length)}`);
}

function checked(file: Blob, name: string): Prepared {
  return file.size > MOST_BYTES ? { kind: "refused", code: "file_too_large" } : { kind: "ready", file, name };
}
