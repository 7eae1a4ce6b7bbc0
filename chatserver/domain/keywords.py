"""关键词: the words that ids in advertisements stand for, as the hospital uploaded them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keyword:
    """The words of a keyword id, or of a plan (计划) and perhaps a unit (单元) if `keyword_id` is empty, from the day
    `from_day` (YYYY-MM-DD) until another row of the same ids begins. `site` is empty if they hold for all sites."""

    site: str
    plan: str
    unit: str
    keyword_id: str
    from_day: str
    words: str
