// What a person wrote, with its addresses and phone numbers as links.

import { spelledOut } from "../../shared/hiddenCharacters";
import { Linked } from "../../shared/Linked";

/** The text of a message. */
export function LinkedText({ text }: { text: string }) {
  return <Linked text={spelledOut(text)} />;
}
