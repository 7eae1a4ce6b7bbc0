"""What browsers are told about a page: where it may load from, who may frame it, that nobody keeps it.

Everything is refused unless named. No inline script or style anywhere, no other origin anywhere.
"""

from collections.abc import Iterable

from chatserver.domain.origin import is_origin

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For whatever is no page."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Nothing to other origins. Not `no-referrer`: with that Chromium posts our own forms with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": NOTHING,
}
"""Set on every answer that does not say otherwise."""

STAFF = {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}
"""Set on every page of the staff: no other page may hold it, in a frame or as a window."""

SIGNED_OUT = {"Clear-Site-Data": '"cache", "storage"', "Cache-Control": "no-store"}
"""After a sign-out the browser keeps neither a page nor what a script stored. Not `cookies`: those are cleared for the
whole domain, and the hospital's other systems live there too."""

HSTS = "max-age=31536000"
"""A year. Without `includeSubDomains`: the hospital's other names are not ours to speak for."""


def staff_page() -> dict[str, str]:
    """Sign-in, transcripts, errors: plain pages with forms, framed by nobody, kept by nobody."""
    return STAFF | _page(
        "script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def console(socket: str) -> dict[str, str]:
    """The console's shell: its script may open `socket` (ws://host), and text can become code nowhere."""
    return STAFF | _page(
        f"script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self' {socket}; "
        "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )


def frame(socket: str, embedders: Iterable[str]) -> dict[str, str]:
    """The widget: framed by the site's own origins and nobody else, and text becomes code nowhere.

    Old Safari's 'self' is no ws://.
    """
    # What an earlier version took in need not be one, and would say something else here.
    ancestors = " ".join(filter(is_origin, embedders)) or "'none'"
    return _page(
        f"script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self' {socket}; "
        f"form-action 'none'; frame-ancestors {ancestors}; require-trusted-types-for 'script'"
    ) | {"Cross-Origin-Resource-Policy": "cross-origin"}


def _page(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": f"default-src 'none'; base-uri 'none'; {policy}",
        "Cache-Control": "no-store",
    }
