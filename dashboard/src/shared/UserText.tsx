// Text that a person wrote: characters that hide or reorder it are shown by their codes.

import { runs } from "../../../widget/src/shared/hiddenCharacters";

/** A person's text, safe to read. */
export function UserText({ text }: { text: string }) {
  return (
    <span class="said" dir="auto">
      {runs(text).map((run, place) =>
        run.hidden ? (
          <span class="said-hidden" key={place}>
            {run.text}
          </span>
        ) : (
          run.text
        ),
      )}
    </span>
  );
}
