// Icons from one set, drawn inline. They are decoration: each stands beside a text or has a label.

import type { IconNode } from "lucide";
import { h } from "preact";

/** An icon. */
export function Icon({ of, small = false }: { of: IconNode; small?: boolean }) {
  return (
    <svg class={small ? "icon icon-small" : "icon"} viewBox="0 0 24 24" aria-hidden="true">
      {of.map(([tag, attributes], place) => h(tag, { ...attributes, key: place }))}
    </svg>
  );
}
