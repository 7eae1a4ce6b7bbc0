// Where the launcher and the panel are on the page. Whatever the tag asks for, they stay within the window.

const USUAL_PX = 20;
/** No window is larger. */
const MOST_PX = 99_999;

export type Place = [right: number, bottom: number];

/**
 * Parses `data-offset`: the distances from the right and the bottom edge. A value that is not a distance is replaced by
 * the usual one.
 */
export function placeOf(offset = ""): Place {
  const [right, bottom = right] = offset.split(",");
  return [right, bottom].map((text) => {
    const px = Number(text || USUAL_PX);
    return px >= 0 && px < MOST_PX ? px : USUAL_PX;
  }) as Place;
}

/**
 * The style of an element of `width` by `height` (px) at this place, closer to the edges where the window is too small.
 */
export function at([right, bottom]: Place, width: number, height: number): string {
  return edge("right", right, "100vw", width) + edge("bottom", bottom, "100vh", height);
}

function edge(side: string, wanted: number, whole: string, size: number): string {
  return `${side}:calc(min(${wanted}px,max(${USUAL_PX}px,${whole} - ${size}px)) + env(safe-area-inset-${side},0px));`;
}
