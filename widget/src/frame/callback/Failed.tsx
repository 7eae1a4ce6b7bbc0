// Why the server refused, in a sentence that says that nothing is lost, and whom to call.

import type { RefusedError } from "../../shared/link/outbox";
import { tel } from "../../shared/phone";
import { Clauses } from "../Clauses";
import { useTexts } from "../texts";

const EXPLAINED = new Set(["rate_limited", "out_of_turn"]);

/** The sentence; nothing without a failure. */
export function Failed({ failure, phone }: { failure: RefusedError | null; phone: string }) {
  const { t } = useTexts();
  if (failure === null) return null;
  const why = EXPLAINED.has(failure.code) ? failure.code : "other";
  return (
    <p class="missing" role="alert">
      <Clauses text={t(`call.failed.${why}`)} /> {phone !== "" && <a href={tel(phone)}>{phone}</a>}
    </p>
  );
}
