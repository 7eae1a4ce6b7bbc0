// The frame of the dialogs behind 更多: the keyboard works, the focus stays inside and returns afterwards.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../Icon";
import { useTexts } from "../texts";

interface DialogProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
}

const REACHED = "button, input, a[href]";

/** A dialog over the chat. Escape closes it and nothing else. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { t } = useTexts();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  // Each step of the dialog begins at its title, which is read aloud.
  const toTitle = () => box.current?.querySelector("h2")?.focus();
  useEffect(toTitle, [title]);
  // Nor is the focus lost with a button that has done its work: the next Escape would close the whole chat.
  useEffect(() => {
    const watch = new MutationObserver(() => document.activeElement === document.body && toTitle());
    if (box.current) watch.observe(box.current, { childList: true, subtree: true });
    return () => watch.disconnect();
  }, []);
  return (
    <div class="veil">
      <div
        class="dialog"
        role="dialog"
        aria-modal="true"
        aria-labelledby="more-title"
        ref={box}
        style={{ maxHeight: "100%", overflowY: "auto" }}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onClose();
          } else if (event.key === "Tab" && box.current !== null) {
            const next = nextOf(box.current, event.shiftKey);
            if (next === null) return;
            event.preventDefault();
            next.focus();
          }
        }}
      >
        <div
          style={{
            display: "flex",
            justifyContent: "space-between",
            alignItems: "start",
            marginBottom: "8px",
          }}
        >
          <h2 id="more-title" tabIndex={-1}>
            {title}
          </h2>
          <button type="button" class="button" aria-label={t("more.shut")} onClick={onClose}>
            <Icon name="close" size={18} />
          </button>
        </div>
        {children}
      </div>
    </div>
  );
}

/** Where Tab goes when it would leave the dialog; null: the browser knows. */
function nextOf(box: HTMLElement, back: boolean): HTMLElement | null {
  const all = Array.from(box.querySelectorAll<HTMLElement>(REACHED));
  const place = all.indexOf(document.activeElement as HTMLElement);
  if (back && place <= 0) return all[all.length - 1] ?? null;
  return !back && place === all.length - 1 ? (all[0] ?? null) : null;
}
