// The lines of the transcript, as the screen shows them.

import { clock } from "../../shared/zone";
import type { Pending, State } from "../chat/state";
import { useTexts } from "../texts";
import { Bubble, PendingBubble, whoOf } from "./Bubble";
import { dayAndClock } from "./dayAndClock";
import { EventLine } from "./EventLine";
import { type FileShower, type Line, lines } from "./lines";

interface LinesProps {
  state: State;
  /** Nothing can be stored at present. */
  troubled: boolean;
  now: number;
  onAgain(pending: Pending): void;
  onEdit(pending: Pending): void;
  onLeave(pending: Pending): void;
  /** Draws a file; null until that part of the chat is fetched. */
  file: FileShower | null;
}

/** All lines of a state. */
export function AllLines(props: LinesProps) {
  const all = lines(props.state);
  const lastMine = all.filter((line) => line.kind === "bubble" && line.mine).pop()?.key;
  return (
    <>
      {all.map((line) => (
        <LineShown {...props} key={line.key} line={line} delivered={line.key === lastMine} />
      ))}
    </>
  );
}

interface LineShownProps extends LinesProps {
  line: Line;
  delivered: boolean;
}

function LineShown(props: LineShownProps) {
  const { line, state, troubled, now, delivered, file, ...on } = props;
  const texts = useTexts();
  switch (line.kind) {
    case "day":
      return <li class="line-time">{dayAndClock(line.at, now, texts)}</li>;
    case "time":
      return <li class="line-time">{clock(line.at)}</li>;
    case "fold":
      return (
        <li class="fold">
          <details>
            <summary>{texts.t("log.folded", { n: line.events })}</summary>
            <ol>
              {line.lines.map((each) => (
                <LineShown {...props} key={each.key} line={each} />
              ))}
            </ol>
          </details>
        </li>
      );
    case "event":
      return (
        <EventLine
          event={line.event}
          owner={line.owner}
          groups={state.site?.groups ?? []}
          departments={state.site?.departments ?? []}
        />
      );
    case "bubble":
      if (line.entry.kind === "file") return <>{file?.(line, { who: whoOf(line, texts), delivered })}</>;
      return <Bubble {...line} delivered={delivered} />;
    case "pending":
      return <PendingBubble {...line} state={state} troubled={troubled} {...on} />;
  }
}
