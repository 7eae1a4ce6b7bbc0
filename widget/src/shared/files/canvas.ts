// Reads and draws pictures in the browser.

import type { Read } from "./shrink";

const QUALITY = 0.85;

/** The picture in a file; null when the browser cannot read it. */
export async function readPicture(file: Blob): Promise<Read | null> {
  const url = URL.createObjectURL(file);
  const image = new Image();
  const loaded = await new Promise<boolean>((resolve) => {
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = url;
  });
  // The image keeps its own copy.
  URL.revokeObjectURL(url);
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!loaded || width === 0 || height === 0) return null;
  return { width, height, drawn: (wide, high) => drawn(image, wide, high) };
}

function drawn(image: HTMLImageElement, width: number, height: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  if (pen === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    try {
      // JPEG knows no transparency, which would become black.
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, width, height);
      pen.drawImage(image, 0, 0, width, height);
      canvas.toBlob(resolve, "image/jpeg", QUALITY);
    } catch {
      resolve(null);
    }
  });
}
