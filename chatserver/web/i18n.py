"""The sentences of the pages, in the reader's language, from the compiled catalogues."""

import gettext
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import HTTPConnection

from chatserver.web.event_sentences import EventSentences

LANGUAGES = ("zh", "en")
COOKIE = "language"
COOKIE_LIFE = 365 * 24 * 3600


@dataclass(frozen=True)
class Translator:
    """The sentences of one language. A key without a sentence is shown as it is; a test finds such keys."""

    language: str
    catalogue: gettext.NullTranslations

    def __call__(self, key: str, **fields: object) -> str:
        """The sentence of `key` with its `{fields}` filled in."""
        return self.catalogue.gettext(key).format(**fields)

    def count(self, key: str, n: int, **fields: object) -> str:
        """The sentence for `n` of something; `{n}` is filled in too."""
        return self.catalogue.ngettext(key, key, n).format(n=n, **fields)

    def has(self, key: str) -> bool:
        return self.catalogue.gettext(key) != key


class Translations:
    """The catalogues of `folder` (`zh.mo`, `en.mo`) and its rules for the sentences of events, read once."""

    def __init__(self, folder: Path, default: str) -> None:
        self.event_sentences = EventSentences.read(folder)
        self._default = default
        self._translators = {language: Translator(language, _catalogue(folder, language)) for language in LANGUAGES}

    def of(self, language: str) -> Translator:
        return self._translators[language]

    def for_reader(self, connection: HTTPConnection) -> Translator:
        """The language of `?lang=`, or else of the cookie, or else the hospital's own."""
        return self._translators[chosen(connection) or self._default]


def chosen(connection: HTTPConnection) -> str | None:
    """The language that the reader has chosen, now or earlier."""
    asked = (connection.query_params.get("lang"), connection.cookies.get(COOKIE))
    return next((language for language in asked if language in LANGUAGES), None)


def _catalogue(folder: Path, language: str) -> gettext.NullTranslations:
    with (folder / f"{language}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)
