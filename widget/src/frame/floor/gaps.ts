// Distances for browsers that know `gap` in grids only (Chromium before 84, Safari before 14.1): without them buttons
// and bubbles would touch. Each rule with a gap gets a second one with margins, also in styles that arrive later.

/** What a rule says about the distances of its children. */
export interface Spaced {
  selectorText: string;
  style: Pick<CSSStyleDeclaration, "display" | "flexDirection" | "flexWrap" | "gap" | "rowGap" | "columnGap">;
}

/** The rule with margins for one with a gap; null where there is none, or where it is a grid's. */
export function marginsOf({ selectorText, style }: Spaced): string | null {
  const [row = "", column = row] = style.gap === "" ? [style.rowGap, style.columnGap] : parts(style.gap);
  if (row === "" || row === "normal" || style.display.includes("grid")) return null;
  const each = (child: string) =>
    selectorText
      .split(",")
      .map((selector) => selector + child)
      .join();
  if (style.flexDirection === "column") return `${each(">*+*")}{margin-top:${row}}`;
  if (style.flexWrap === "wrap") return `${each(">*")}{margin-right:${column};margin-bottom:${row}}`;
  return `${each(">*+*")}{margin-left:${column || row}}`;
}

/** `8px 12px` → both; a distance may be a `var()`. */
function parts(gap: string): string[] {
  return gap.match(/[^\s(]+(\([^)]*\))?/g) ?? [];
}

/** Adds the margins to every style of the page, now and whenever another one has arrived. */
export function spaceOut(): void {
  const done = new Set<CSSStyleSheet>();
  const look = () => {
    for (const sheet of Array.from(document.styleSheets)) {
      if (done.has(sheet)) continue;
      done.add(sheet);
      addTo(sheet);
    }
  };
  look();
  document.head.addEventListener("load", look, true);
}

function addTo(holder: CSSStyleSheet | CSSMediaRule): void {
  // From the last to the first, so that a rule that is added moves none that is still to come.
  for (let place = holder.cssRules.length - 1; place >= 0; place--) {
    const rule = holder.cssRules[place];
    if (rule instanceof CSSMediaRule) addTo(rule);
    if (!(rule instanceof CSSStyleRule)) continue;
    const margins = marginsOf(rule);
    if (margins !== null) holder.insertRule(margins, place + 1);
  }
}
