"""A site's invitation in the hospital's file."""

from typing import Any

from chatserver.domain.invitations import HOST, Invitation
from chatserver.domain.sentence import Sentence
from chatserver.records.faults import Faults
from chatserver.records.kinds import InvitationRecord


def invitation(where: str, each: InvitationRecord, offered: tuple[str, ...], faults: Faults) -> Invitation:
    """The rules of the site that offers these departments. Adds what is wrong with them to `faults`."""
    for host in each.referrers:
        if HOST.fullmatch(host) is None:
            faults.add(where, Sentence("{host!r} is no host name, such as baidu.com", host=host))
    for department in each.departments:
        if department not in offered:
            faults.add(where, Sentence("the site does not offer the department {id!r}", id=department))
    return Invitation(each.after_s, each.pages, each.referrers, each.departments)


def written(rules: Invitation) -> dict[str, Any]:
    """The same as a file writes them."""
    lists = {"referrers": list(rules.referrers), "departments": list(rules.departments)}
    return {"after_s": rules.after_s, "pages": rules.pages} | {name: each for name, each in lists.items() if each}
