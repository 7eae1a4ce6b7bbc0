// How much somebody holds of what they may hold. Above that, words say so, too.

import { t } from "../../shared/texts";

export function Load({ load, capacity }: { load: number; capacity: number }) {
  const above = load - capacity;
  return (
    <span class={above > 0 ? "load is-above" : "load"}>
      <b class="figures">{`${load}/${capacity}`}</b>
      {above > 0 && <small>{t("console.load.above", { n: above })}</small>}
    </span>
  );
}
