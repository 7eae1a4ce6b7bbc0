// 回电: calls that visitors asked for. Open ones are in the order in which their time ends, with who calls; ended ones
// show the result.

import { PhoneCall } from "lucide";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { RequestPane } from "../requests/RequestPane";
import { CallbackCard } from "./CallbackCard";
import { ordered } from "./callbacks";

/** The pane with all call-backs. */
export function CallbackPane() {
  const desk = useDesk();
  const { open, ended } = ordered(desk.state.value.callbacks.items.values());
  return (
    <RequestPane
      title={t("console.callbacks")}
      means={t("console.callbacks.means")}
      open={open}
      settled={ended}
      settledTitle={t("console.callbacks.ended", { n: ended.length })}
      card={(callback) => <CallbackCard key={callback.id} callback={callback} />}
      empty={{ icon: PhoneCall, title: t("console.callbacks.none") }}
      close={() => {
        desk.callbacksOpen.value = false;
      }}
    />
  );
}
