// One picture over the whole chat. It is drawn beside the chat and not inside the transcript, where a screen reader would
// read it as a new line.

import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../Icon";

interface LargeProps {
  url: string;
  alt: string;
  /** The label of the button. */
  close: string;
}

/** Shows a picture large. Returns a function that closes it. */
export function showLarge(props: LargeProps): () => void {
  const place = document.createElement("div");
  const before = document.activeElement;
  const close = () => {
    if (!place.isConnected) return;
    render(null, place);
    place.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
  document.body.append(place);
  render(<Large {...props} onClose={close} />, place);
  return close;
}

function Large({ url, alt, close, onClose }: LargeProps & { onClose(): void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <div
      class="large"
      role="dialog"
      aria-modal="true"
      aria-label={alt}
      onClick={onClose}
      onKeyDown={(event) => {
        // Escape closes the picture only, and the focus has nowhere else to go.
        if (event.key === "Escape") {
          event.stopPropagation();
          onClose();
        } else if (event.key === "Tab") event.preventDefault();
      }}
    >
      <img src={url} alt={alt} />
      <button type="button" class="large-close" aria-label={close} ref={button} onClick={onClose}>
        <Icon name="close" size={24} />
      </button>
    </div>
  );
}
