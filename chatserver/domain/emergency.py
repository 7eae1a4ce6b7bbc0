"""急症: words of a visitor after which both sides see at once where help is. Never holds a message back.

It finds words, it does not understand them: a supervisor can say that it is none (误报). The lists are DOMAIN's; what
clearly speaks of somebody's past or asks about a word is let through by `HARMLESS`.
"""

import re
import unicodedata

from chatserver.domain.events import Emergency

_BODY = (
    "胸痛|胸口痛|呼吸困难|喘不上气|喘不过气|大出血|血流不止|昏迷|昏倒|不省人事|意识不清|意识模糊|抽搐|口角歪斜|嘴歪|说话不清|口齿不清|"
    "一侧无力|半边身子没力|窒息|噎住|过敏休克|过敏性休克|高热惊厥|胎动减少|胎动没了|没有胎动|破水|羊水破|喝农药|喝了农药|中毒|"
    r"停经.{0,12}(?:剧烈|剧痛)|(?:剧烈|剧痛).{0,6}停经|chest pain|can'?t breathe|difficulty breathing|heavy bleeding|"
    "unconscious|seizure|stroke|choking|anaphyla|poison(?:ed|ing)|waters? broke"
)
_MIND = "割腕|自杀|不想活|活不下去|轻生|结束生命|想死|suicid|kill myself|end my life|want to die"
HARMLESS = re.compile(
    r"(?:食物)?中毒(?:科|预防)|预防.{0,4}(?:中毒|窒息)|不会(?:昏迷|窒息|中毒|抽搐)|没有(?:胸痛|呼吸困难|昏迷|抽搐)|"
    r"会(?:不会)?.{0,2}大出血吗|想死你|笑死|no chest pain"
)

_WORDS: tuple[tuple[Emergency, re.Pattern[str]], ...] = (
    ("mind", re.compile(_MIND, re.IGNORECASE)),
    ("body", re.compile(_BODY, re.IGNORECASE)),
)


_ANY = re.compile(f"{_MIND}|{_BODY}", re.IGNORECASE)


def kind_of(text: str) -> Emergency | None:
    """Of which kind of emergency the words speak; of the mind first, since that decides how one answers."""
    plain = unicodedata.normalize("NFKC", text)
    if _ANY.search(plain) is None:
        return None
    plain = HARMLESS.sub("", plain)
    return next((kind for kind, words in _WORDS if words.search(plain)), None)
