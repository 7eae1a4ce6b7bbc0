// Who takes part beside the owner. People who were asked see what they are asked, with the buttons to join and leave;
// the others see who helps and who has joined.

import { HeartHandshake, Users } from "lucide";
import type { ParticipantShown, Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { personName, t } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import { rights } from "../desk/conversationActions";
import { partOf } from "../desk/state";
import { join, leave, others } from "./helpActions";

/** The lines about colleagues in this conversation. */
export function HelpStrips({ row }: { row: Row }) {
  const desk = useDesk();
  const me = desk.me.value;
  if (me === null || row.state === "closed" || desk.isGone(row.id)) return null;
  const mine = partOf(row, me);
  return (
    <>
      {mine !== null && <MyPart row={row} part={mine} />}
      {others(desk, row).map((each) => (
        <TheirPart key={each.person.id} row={row} part={each} />
      ))}
    </>
  );
}

function MyPart({ row, part }: { row: Row; part: ParticipantShown }) {
  const desk = useDesk();
  const off = desk.connection.value !== "live";
  const may = rights(desk, row);
  const name = row.owner?.name ?? t("console.nobody");
  return (
    <div class="strip is-help">
      <Icon of={part.joined ? Users : HeartHandshake} small />
      <span class="strip-text">
        {part.joined
          ? t("console.help.joined", { name })
          : t(`console.help.asked.${part.asked_for}`, { name })}
        {part.note && !part.joined && (
          <>
            {" "}
            <UserText text={part.note} />
          </>
        )}
      </span>
      {may.join && (
        <button
          type="button"
          class="button is-small is-primary"
          disabled={off}
          onClick={() => void doneOrTold(desk, join(desk, row))}
        >
          {t("console.help.join")}
        </button>
      )}
      <button
        type="button"
        class="button is-small"
        disabled={off}
        onClick={() => void doneOrTold(desk, leave(desk, row))}
      >
        {t(part.joined ? "console.help.leave_joined" : "console.help.leave")}
      </button>
    </div>
  );
}

function TheirPart({ row, part }: { row: Row; part: ParticipantShown }) {
  const desk = useDesk();
  const id = part.person.id;
  const send = part.joined || part.asked_for === "help" ? "console.help.let_go" : "console.help.call_back";
  return (
    <div class="strip is-help">
      <Icon of={part.joined ? Users : HeartHandshake} small />
      <span class="strip-text">
        {t(part.joined ? "console.help.beside" : `console.help.called.${part.asked_for}`, {
          name: personName(part.person),
        })}{" "}
        {part.note && !part.joined && <UserText text={part.note} />}
      </span>
      {rights(desk, row).letGo && id && (
        <button
          type="button"
          class="button is-small"
          disabled={desk.connection.value !== "live"}
          aria-label={t(`${send}.of`, { name: part.person.name })}
          onClick={() => void doneOrTold(desk, leave(desk, row, id))}
        >
          {t(send)}
        </button>
      )}
    </div>
  );
}
