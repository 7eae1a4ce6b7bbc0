// A button that opens a small menu: arrow keys move, Esc and a click elsewhere close it, and the focus returns.

import { ChevronDown } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./Icon";

interface MenuProps {
  /** The accessible name, when what the button shows is not enough. */
  label: string;
  shows: ComponentChildren;
  class?: string;
  /** Items call `close` after their action. */
  children: (close: () => void) => ComponentChildren;
}

/** A button with a menu. */
export function Menu({ label, shows, children, class: extra = "" }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    items(root.current)[0]?.focus();
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble up from the menu's own buttons
    <div class={`menu ${extra}`} ref={root} onKeyDown={(event) => open && move(event, root.current, close)}>
      <button
        type="button"
        class="menu-button"
        ref={button}
        aria-haspopup="true"
        aria-expanded={open}
        aria-label={label}
        onClick={() => setOpen(!open)}
      >
        {shows}
        <Icon of={ChevronDown} small />
      </button>
      {open && (
        <div class="menu-body" role="menu" aria-label={label}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

function items(root: HTMLElement | null): HTMLElement[] {
  const all = root?.querySelectorAll<HTMLElement>(".menu-body a, .menu-body button:not(:disabled)") ?? [];
  return Array.from(all);
}

function move(event: KeyboardEvent, root: HTMLElement | null, close: () => void): void {
  if (event.key === "Escape") {
    event.stopPropagation();
    close();
    return;
  }
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || event.altKey) return;
  event.preventDefault();
  const all = items(root);
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + step + all.length) % all.length]?.focus();
}
