// A dialog in front of everything: the focus stays inside, Esc closes it, and the focus returns to where it was.

import { X } from "lucide";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./Icon";
import { t } from "./texts";

interface DialogProps {
  title: string;
  close: () => void;
  children: ComponentChildren;
  wide?: boolean;
  /** As wide as its content, for a picture. */
  fitting?: boolean;
}

const FOCUSABLE =
  "button:not(:disabled), a[href], input:not(:disabled), textarea:not(:disabled), [tabindex='0']";

/** A modal dialog with a title. */
export function Dialog({ title, close, children, wide = false, fitting = false }: DialogProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const first = box.current?.querySelector<HTMLElement>("[data-first]") ?? box.current;
    first?.focus();
    const keep = (event: FocusEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) box.current?.focus();
    };
    document.addEventListener("focusin", keep);
    return () => {
      document.removeEventListener("focusin", keep);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div class="dialog-ground">
      <div
        ref={box}
        class={`dialog${wide ? " is-wide" : ""}${fitting ? " is-fitting" : ""}`}
        role="dialog"
        aria-modal="true"
        aria-labelledby="dialog-title"
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === "Escape" && !event.isComposing) close();
          if (event.key === "Tab") turnAround(event, box.current);
        }}
      >
        <div class="dialog-head">
          <h2 id="dialog-title">{title}</h2>
          <button type="button" class="button is-icon" aria-label={t("console.close")} onClick={close}>
            <Icon of={X} />
          </button>
        </div>
        {children}
      </div>
    </div>
  );
}

function turnAround(event: KeyboardEvent, box: HTMLElement | null): void {
  const all = Array.from(box?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? []);
  const first = all[0];
  const last = all[all.length - 1];
  const at = document.activeElement;
  if (event.shiftKey && (at === first || at === box)) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && at === last) {
    event.preventDefault();
    first?.focus();
  }
}
