// Facts of the side panel, in groups.

import type { ComponentChildren } from "preact";

/** A group of facts. */
export function Facts({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="facts">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** One fact. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <dl class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </dl>
  );
}
