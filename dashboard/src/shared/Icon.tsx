// Icons from one set, drawn inline. They are decoration: a text or a label stands beside each.

import type { IconNode } from "lucide";
import { h } from "preact";

export function Icon({ of, small = false }: { of: IconNode; small?: boolean }) {
  return (
    <svg class={small ? "icon icon-small" : "icon"} viewBox="0 0 24 24" aria-hidden="true">
      {of.map(([tag, attributes], place) => h(tag, { ...attributes, key: place }))}
    </svg>
  );
}
