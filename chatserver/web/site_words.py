"""`GET /v1/visitor/words?site=NAME`: the words that the hospital set, for the widget to look for by itself.

A department is suggested by the browser and not by the server, because the visitor can then choose before the first
message is sent, and nothing that they type is sent for it. The words are apart from the welcome, because few visitors
need them and all would wait for them.
"""

from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.refusals import NotFound
from chatserver.web.context import context_of
from chatserver.web.json_answer import json_answer
from chatserver.wire.site_words import EmergencyWords, SiteWords


async def show(request: Request) -> Response:
    hospital = context_of(request).hub.hospital
    site = hospital.sites.get(request.query_params.get("site", ""))
    if site is None:
        raise NotFound(what="site")
    own = (EmergencyWords(each.kind, each.level, each.words, each.only_in, each.not_in) for each in hospital.words.own)
    suggesting = {id: words for id in site.departments if (words := hospital.departments[id].words)}
    return json_answer(SiteWords(tuple(own), suggesting))
