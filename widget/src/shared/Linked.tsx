// Text with its addresses and phone numbers as links.

import { pieces } from "./links";

export function Linked({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map(({ text, href }) =>
        href === null ? (
          text
        ) : (
          // A phone calls; a tab for it would stay empty.
          <a href={href} {...(!href.startsWith("tel:") && { target: "_blank", rel: "noopener noreferrer" })}>
            {text}
          </a>
        ),
      )}
    </>
  );
}
