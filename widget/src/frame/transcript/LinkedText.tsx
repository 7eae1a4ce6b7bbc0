// What a person wrote, with its addresses and phone numbers as links.

import { spelledOut } from "../../shared/hiddenCharacters";
import { pieces } from "../../shared/links";

/** The text of a message. */
export function LinkedText({ text }: { text: string }) {
  return (
    <>
      {pieces(spelledOut(text)).map(({ text, href }) =>
        href === null ? (
          text
        ) : (
          <a href={href} target="_blank" rel="noopener noreferrer">
            {text}
          </a>
        ),
      )}
    </>
  );
}
