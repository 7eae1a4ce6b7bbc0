// Text that a person wrote: characters that hide or reorder it are shown by their codes.

import { runs } from "../../../widget/src/shared/hiddenCharacters";
import { Linked } from "../../../widget/src/shared/Linked";

/** A person's text, safe to read. `linked`: its addresses and phone numbers are links. */
export function UserText({ text, linked = false }: { text: string; linked?: boolean }) {
  return (
    <span class="said" dir="auto">
      {runs(text).map((run, place) =>
        run.hidden ? (
          <span class="said-hidden" key={place}>
            {run.text}
          </span>
        ) : linked ? (
          <Linked key={place} text={run.text} />
        ) : (
          run.text
        ),
      )}
    </span>
  );
}
