"""Which requests send files: they may be larger and take longer than all others."""

import re

_VISITORS = rb"/v1/visitor/files/[A-Za-z0-9_-]{22,43}"
_STAFFS = rb"/v1/staff/conversations/[A-Za-z0-9_-]{22,43}/files/[A-Za-z0-9_-]{22,43}"
UPLOAD = re.compile(rb"(?:%b|%b)(?:\?.*)?" % (_VISITORS, _STAFFS), re.DOTALL)


def is_upload(method: bytes, target: bytes) -> bool:
    """Whether a request with this method and this target sends a file."""
    return method == b"PUT" and UPLOAD.fullmatch(target) is not None
