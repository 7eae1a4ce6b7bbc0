// Where the launcher and the panel are on the page. Whatever the tag asks for, they stay within the window.

const USUAL_PX = 20;
/** No window is larger. */
const MOST_PX = 99_999;

export type Place = [side: "left" | "right", across: number, bottom: number];

/**
 * Parses `data-offset`, the distances from the side and from the bottom edge, and `data-position`, the side. A value that
 * is not a distance is replaced by the usual one.
 */
export function placeOf(offset = "", side = ""): Place {
  const [across, bottom = across] = offset.split(",");
  return [side === "left" ? side : "right", distance(across), distance(bottom)];
}

function distance(text = ""): number {
  const px = Number(text || USUAL_PX);
  return px >= 0 && px < MOST_PX ? px : USUAL_PX;
}

/**
 * The style of an element of `width` by `height` (px) at this place, closer to the edges where the window is too small.
 */
export function at([side, across, bottom]: Place, width: number, height: number): string {
  return edge(side, across, "100vw", width) + edge("bottom", bottom, "100vh", height);
}

function edge(side: string, wanted: number, whole: string, size: number): string {
  // The first is for browsers that do not know min().
  return `${side}:${USUAL_PX}px;${side}:calc(min(${wanted}px,max(${USUAL_PX}px,${whole} - ${size}px)) + env(safe-area-inset-${side},0px));`;
}
