// The launcher's colour, as the tag asks for it, with text that can be read on it. No method of an array: pages replace them.

const USUAL = "#0f766e";

/** The style of `wanted`, a colour such as #0f766e, or of the usual one when it is none. */
export function coloured(wanted = ""): string {
  const colour = /^#[\da-f]{6}$/i.test(wanted) ? wanted : USUAL;
  const part = (place: number) => (Number(`0x${colour.substr(place, 2)}`) / 255) ** 2.2;
  // Relative luminance. On every colour, black or white has a contrast of at least 4.5.
  const light = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  return `background:${colour};color:${light > 0.18 ? "#000" : "#fff"};`;
}
