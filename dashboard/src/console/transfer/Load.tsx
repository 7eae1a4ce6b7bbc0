// How many conversations somebody has, of how many they may have. When there are more, it says so in words, too.

import { t } from "../../shared/texts";

/** Load and capacity. */
export function Load({ load, capacity }: { load: number; capacity: number }) {
  const above = load - capacity;
  return (
    <span class={above > 0 ? "load is-above" : "load"}>
      <b class="figures">{`${load}/${capacity}`}</b>
      {above > 0 && <small>{t("console.load.above", { n: above })}</small>}
    </span>
  );
}
