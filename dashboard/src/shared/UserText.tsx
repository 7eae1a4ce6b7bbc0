// What a person wrote, as text: characters that hide or turn it are shown by their codes.

import { runs } from "../../../widget/src/shared/hiddenCharacters";

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
