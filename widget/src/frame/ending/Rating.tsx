// 1 to 5 stars, up to three tags, and a comment. It can be skipped, and changed while the server accepts changes.

import { Star } from "lucide";
import { useState } from "preact/hooks";
import { RefusedError } from "../../shared/link/outbox";
import { asSent } from "../../shared/messageText";
import { Drawn } from "../Icon";
import { catalogue, useTexts } from "../texts";

const STARS = [1, 2, 3, 4, 5];
const GOOD = ["prompt", "patient", "clear", "kind"];
const BAD = ["slow", "unclear", "unsolved", "cold"];
const MOST_TAGS = 3;
const COMMENT_LENGTH = 500;

interface RatingProps {
  /** The stars given before, if any. */
  given: number | null;
  /** The person to rate, when that is not obvious. */
  who?: string;
  onRate(stars: number, tags: string[], comment: string): Promise<void>;
  /** Missing when the visitor opened the rating themselves, because then there is nothing to skip. */
  onSkip?(): void;
}

/** The form of one rating. */
export function Rating({ given, who, onRate, onSkip }: RatingProps) {
  const { t } = useTexts();
  const [phase, setPhase] = useState<"asks" | "sends">("asks");
  const [changing, setChanging] = useState(false);
  const [error, setError] = useState("");
  // Those who change the stars should not have to write the rest again. The server does not send it back.
  const [kept, setKept] = useState<Kept>({ tags: [], comment: "" });
  if (given !== null && !changing)
    return <Given stars={given} {...(who && { who })} onChange={() => setChanging(true)} />;
  const skip = given === null ? onSkip : () => setChanging(false);
  const submit = async (stars: number, tags: string[], comment: string) => {
    setPhase("sends");
    setError("");
    try {
      await onRate(stars, tags.map(tagStored), comment);
      setChanging(false);
      setKept({ tags, comment });
    } catch (reason) {
      if (!(reason instanceof RefusedError)) throw reason;
      setError(t(reason.code === "out_of_turn" ? "rating.over" : "rating.failed"));
    }
    setPhase("asks");
  };
  return (
    <RatingForm
      start={given ?? 0}
      kept={kept}
      skip={t(given === null ? "rating.skip" : "rating.keep")}
      busy={phase === "sends"}
      error={error}
      {...(who && { who })}
      {...(skip && { onSkip: skip })}
      onSubmit={submit}
    />
  );
}

function Given({ stars, who, onChange }: { stars: number; who?: string; onChange(): void }) {
  const { t } = useTexts();
  return (
    <div class="given" role="status">
      <p>
        {who ?? t("rating.thanks")} · {t("rating.given", { n: stars })}
      </p>
      <button type="button" class="button" onClick={onChange}>
        {t("rating.change")}
      </button>
    </div>
  );
}

interface Kept {
  tags: string[];
  comment: string;
}

interface RatingFormProps {
  start: number;
  kept: Kept;
  /** The label of the button that leaves everything as it is. */
  skip: string;
  busy: boolean;
  error: string;
  who?: string;
  onSkip?(): void;
  onSubmit(stars: number, tags: string[], comment: string): void;
}

function RatingForm({ start, kept, skip, busy, error, who, onSkip, onSubmit }: RatingFormProps) {
  const { t } = useTexts();
  const [stars, setStars] = useState(start);
  const [tags, setTags] = useState(kept.tags);
  const [comment, setComment] = useState(kept.comment);
  const offered = stars >= 4 ? GOOD : BAD;
  return (
    <form
      class="rating"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(
          stars,
          tags.filter((tag) => offered.includes(tag)),
          asSent(comment),
        );
      }}
    >
      <Stars stars={stars} title={who ? t("rating.ask.of", { who }) : t("rating.ask")} onStars={setStars} />
      {stars > 0 && (
        <>
          <Tags all={offered} chosen={tags} onChosen={setTags} />
          <textarea
            rows={2}
            maxLength={COMMENT_LENGTH}
            aria-label={t("rating.comment")}
            placeholder={t("rating.comment")}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
        </>
      )}
      {error !== "" && (
        <p class="missing" role="alert">
          {error}
        </p>
      )}
      <div class="rating-actions">
        {onSkip && (
          <button type="button" class="button" onClick={onSkip}>
            {skip}
          </button>
        )}
        <button type="submit" class="button button-primary" disabled={stars === 0 || busy}>
          {t("rating.send")}
        </button>
      </div>
    </form>
  );
}

function Stars({ stars, title, onStars }: { stars: number; title: string; onStars(stars: number): void }) {
  const { t } = useTexts();
  return (
    <fieldset class="stars">
      <legend>{title}</legend>
      <div class="stars-row">
        {STARS.map((each) => (
          <label key={each} class={each <= stars ? "star star-on" : "star"}>
            <input
              type="radio"
              name="stars"
              value={each}
              checked={each === stars}
              onChange={() => onStars(each)}
            />
            <Drawn node={Star} size={30} />
            <span class="sr-only">{t(`rating.${each}`)}</span>
          </label>
        ))}
      </div>
      <p class="stars-said">{stars > 0 ? t(`rating.${stars}`) : " "}</p>
    </fieldset>
  );
}

interface TagsProps {
  all: string[];
  chosen: string[];
  onChosen(tags: string[]): void;
}

function Tags({ all, chosen, onChosen }: TagsProps) {
  const { t } = useTexts();
  const counted = chosen.filter((tag) => all.includes(tag));
  return (
    <fieldset class="tags">
      <legend>{t("rating.tags")}</legend>
      <div class="chips">
        {all.map((tag) => {
          const on = counted.includes(tag);
          const without = counted.filter((each) => each !== tag);
          return (
            <label key={tag} class="chip">
              <input
                type="checkbox"
                checked={on}
                disabled={!on && counted.length >= MOST_TAGS}
                onChange={() => onChosen(on ? without : [...counted, tag])}
              />
              <span>{t(`rating.tag.${tag}`)}</span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

/** Tags are stored in Chinese in either language, so that the hospital can count them. */
function tagStored(key: string): string {
  return catalogue.t(`rating.tag.${key}`, {}, "zh");
}
