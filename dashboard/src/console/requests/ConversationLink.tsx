import { MessageSquareText } from "lucide";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";

/** The way to the conversation that a 留言 or call-back came from: in the console, or its transcript for supervisors. */
export function ConversationLink({ id }: { id: string | null | undefined }) {
  const desk = useDesk();
  if (!id) return null;
  if (desk.row(id) !== null)
    return (
      <button type="button" class="link" onClick={() => desk.select(id)}>
        <Icon of={MessageSquareText} small />
        {t("console.offline.conversation")}
      </button>
    );
  if (desk.me.value?.role !== "supervisor") return null;
  return <a href={`/transcripts/${id}`}>{t("console.offline.conversation")}</a>;
}
