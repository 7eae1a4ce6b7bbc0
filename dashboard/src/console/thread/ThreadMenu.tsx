// Further actions for the open conversation: ask a colleague, release it, and those of a supervisor.

import type { IconNode } from "lucide";
import { ArrowUpToLine, Baby, HeartHandshake, Undo2, UserPen, Users } from "lucide";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { Menu } from "../../shared/Menu";
import { t } from "../../shared/texts";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import { maySetDepartment, rights } from "../desk/conversationActions";
import { forward } from "../desk/supervisorActions";
import { askConsent } from "./Consent";
import { join } from "./helpActions";

const KINDS = ["behalf", "guardian"] as const;
const ICONS = { behalf: UserPen, guardian: Baby };

/** The menu of the open conversation. */
export function ThreadMenu({ row }: { row: Row }) {
  const desk = useDesk();
  const may = rights(desk, row);
  const ask = (kind: "ask" | "release" | "guardian") => () => {
    desk.dialog.value = { kind, conversation: row.id };
  };
  // Those who were asked have the button in the line above the thread.
  const joins = may.join && !may.leave;
  const me = desk.me.value;
  const asks = me !== null && !desk.isGone(row.id) && maySetDepartment(row, me);
  if (!may.ask && !may.forward && !may.release && !joins && !asks) return null;
  return (
    <Menu label={t("console.more")} class="thread-more" shows={t("console.more")}>
      {(close) => {
        const then = (act: () => void) => () => {
          close();
          act();
        };
        return (
          <>
            {may.ask && <Item icon={HeartHandshake} text={t("console.ask")} act={then(ask("ask"))} />}
            {joins && (
              <Item
                icon={Users}
                text={t("console.help.join")}
                act={then(() => void doneOrTold(desk, join(desk, row)))}
              />
            )}
            {asks &&
              KINDS.map(
                (kind) =>
                  row[kind] !== "given" &&
                  row[kind] !== "asked" && (
                    <Item
                      key={kind}
                      icon={ICONS[kind]}
                      text={t(`console.mark.${kind}`)}
                      act={then(
                        kind === "guardian"
                          ? ask("guardian")
                          : () => void doneOrTold(desk, askConsent(desk, row, kind)),
                      )}
                    />
                  ),
              )}
            {may.release && (
              <Item icon={Undo2} text={t("console.leave.release")} act={then(ask("release"))} />
            )}
            {may.forward && (
              <Item
                icon={ArrowUpToLine}
                text={t("console.forward")}
                act={then(() => void doneOrTold(desk, forward(desk, row)))}
              />
            )}
          </>
        );
      }}
    </Menu>
  );
}

function Item({ icon, text, act }: { icon: IconNode; text: string; act: () => void }) {
  const live = useDesk().connection.value === "live";
  return (
    <button type="button" role="menuitem" class="menu-item" disabled={!live} onClick={act}>
      <Icon of={icon} small />
      {text}
    </button>
  );
}
