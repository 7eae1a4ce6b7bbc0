// Makes the loader's elements, each styled by script, because the page's CSP may forbid everything else.

/** An early version of Lucide's message-circle, with a quarter of the bytes of the present one. */
const BUBBLE = "M7.9 20A9 9 0 1 0 4 16.1L2 22Z";

/** Makes an element with inline styles. */
export function styled<K extends keyof HTMLElementTagNameMap>(tag: K, css = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.style.cssText = css;
  return made;
}

/** Makes the icon of the launcher. */
export function icon(): Element {
  const svg = drawn("svg", "viewBox", "0 0 24 24");
  svg.style.cssText =
    "width:24px;fill:none;stroke:currentColor;stroke-width:2;vertical-align:middle;margin-right:8px";
  svg.append(drawn("path", "d", BUBBLE));
  return svg;
}

function drawn(tag: string, name: string, value: string): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag) as SVGElement;
  made.setAttribute(name, value);
  return made;
}
