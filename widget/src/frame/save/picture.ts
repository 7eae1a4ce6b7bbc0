// Draws the record as pictures, in the browser: where downloads are blocked, as in WeChat, a picture can be saved by a
// long press. A long chat becomes several pictures, because phones refuse very high ones.

import type { Said } from "./record";

const WIDTH = 750;
const MARGIN = 40;
const LINE = 62;
const FONT = "40px system-ui, sans-serif";
/** Lines of one picture: about three screens of a phone, on which the letters are as large as in the chat. */
export const MOST_LINES = 56;

export interface Drawn {
  text: string;
  /** Who and when, or the title; what was said is darker. */
  quiet: boolean;
}

/** The lines of each picture. `fits`: whether a text fits into one line. */
export function pages(title: string, said: Said[], fits: (text: string) => boolean): Drawn[][] {
  const lines: Drawn[] = [...wrapped(title, fits, true), { text: "", quiet: true }];
  for (const { who, when, text } of said) {
    lines.push(...wrapped(`${who} ${when}`, fits, true), ...wrapped(text, fits, false));
    lines.push({ text: "", quiet: true });
  }
  const count = Math.ceil(lines.length / MOST_LINES);
  return Array.from({ length: count }, (_, page) => lines.slice(page * MOST_LINES, (page + 1) * MOST_LINES));
}

/** The pictures as addresses that contain them. */
export function drawn(title: string, said: Said[]): string[] {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  if (pen === null) return [];
  pen.font = FONT;
  const fits = (text: string) => pen.measureText(text).width <= WIDTH - 2 * MARGIN;
  return pages(title, said, fits).map((page) => {
    canvas.width = WIDTH;
    canvas.height = page.length * LINE + 2 * MARGIN;
    // A new size resets the pen.
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.font = FONT;
    pen.textBaseline = "top";
    page.forEach(({ text, quiet }, place) => {
      pen.fillStyle = quiet ? "#475569" : "#0f172a";
      pen.fillText(text, MARGIN, MARGIN + place * LINE);
    });
    return canvas.toDataURL("image/png");
  });
}

/** An English word or any other character, with the marks behind it that must not begin a line. */
const PIECES = /(?:[\x21-\x7e]+|[\s\S])[，。、；：！？）》」』”’…]*/gu;

/** Breaks at any character, as Chinese does, but within an English word only when the word is longer than a line. */
function wrapped(text: string, fits: (text: string) => boolean, quiet: boolean): Drawn[] {
  const found: Drawn[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const piece of paragraph.match(PIECES) ?? []) {
      for (const part of fits(piece) ? [piece] : Array.from(piece)) {
        if (line !== "" && !fits(line + part)) {
          found.push({ text: line, quiet });
          line = "";
        }
        line += part;
      }
    }
    found.push({ text: line, quiet });
  }
  return found;
}
