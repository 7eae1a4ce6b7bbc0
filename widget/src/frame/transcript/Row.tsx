// The row of a bubble, and the bubbles of the first screen.

import type { ComponentChildren } from "preact";
import { useTexts } from "../texts";

interface RowProps {
  side: "mine" | "theirs";
  first: boolean;
  last: boolean;
  children: ComponentChildren;
}

/** A row at the side of whoever speaks. */
export function Row({ side, first, last, children }: RowProps) {
  return <li class={`row row-${side}${first ? " row-first" : ""}${last ? " row-last" : ""}`}>{children}</li>;
}

/** A message of the widget itself, such as the greeting. */
export function SystemBubble({ children }: { children: ComponentChildren }) {
  const { t } = useTexts();
  return (
    <Row side="theirs" first last>
      <p class="bubble">
        <span class="sr-only">{t("log.says", { who: t("log.system") })}</span>
        {children}
      </p>
    </Row>
  );
}

/** A text of the visitor while the chunk that can say more about it is still under way. */
export function PlainBubble({ children }: { children: string }) {
  return (
    <Row side="mine" first last>
      <p class="bubble bubble-pending">{children}</p>
    </Row>
  );
}
