import { useState } from "preact/hooks";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { dialled, type Reveal, showPhone } from "./reveal";

interface PhoneProps {
  id: string;
  /** The number as everybody sees it, or what stands there without one. */
  masked: string;
  reveal: Reveal;
  /** Whether I may see the whole number. */
  mine: boolean;
  /** Why nobody should call. The number is no link then. */
  warning?: string | undefined;
}

/** Masked until the owner asks for the number; then it can be dialled. */
export function Phone({ id, masked, reveal, mine, warning }: PhoneProps) {
  const desk = useDesk();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const number = mine ? desk.phones.value.get(id) : undefined;
  const show = async () => {
    setBusy(true);
    setProblem(await showPhone(desk, reveal, id));
    setBusy(false);
  };
  return (
    <>
      {number !== undefined && warning === undefined ? (
        <a class="offline-phone figures" href={dialled(number)}>
          {number}
        </a>
      ) : (
        <span class="offline-phone figures">{number ?? masked}</span>
      )}
      {warning !== undefined && <span class="problem">{warning}</span>}
      {mine && number === undefined && (
        <button
          type="button"
          class="button is-small"
          disabled={busy || desk.connection.value !== "live"}
          onClick={() => void show()}
        >
          {t("console.offline.phone.show")}
        </button>
      )}
      {problem !== null && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
