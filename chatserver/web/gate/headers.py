"""Response headers: from where a page may load, who may embed it, and that it is not cached.

Whatever is not named is forbidden. No page uses inline scripts or styles, or loads anything from another origin.
"""

from collections.abc import Iterable

from chatserver.domain.origin import is_origin

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The Content-Security-Policy of answers that are not pages."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Sends other origins no referrer. With `no-referrer`, Chromium would post our own forms with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": NOTHING,
}
"""Set on every answer, unless the answer has its own value."""

STAFF = {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}
"""Set on every staff page: no other page may embed it or keep a reference to its window."""

SIGNED_OUT = {"Clear-Site-Data": '"cache", "storage"', "Cache-Control": "no-store"}
"""After a sign-out the browser deletes cached pages and what scripts stored. `cookies` is left out, because it would
clear the cookies of the whole domain, which the hospital's other systems use too."""

HSTS = "max-age=31536000"
"""A year. `includeSubDomains` is left out, because we cannot decide for the hospital's other hosts."""


def staff_page() -> dict[str, str]:
    """For sign-in, transcripts and errors: pages with forms, which are neither embedded nor cached."""
    return STAFF | _page(
        "script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def console(socket: str) -> dict[str, str]:
    """For the console: its script may connect to `socket` (ws://host), and Trusted Types prevent text from becoming
    code. `blob:` is a picture on the person's own screen, before it is sent."""
    return STAFF | _page(
        f"script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self' {socket}; "
        "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )


def frame(socket: str, embedders: Iterable[str]) -> dict[str, str]:
    """For the widget: only the site's own origins may embed it, and Trusted Types prevent text from becoming code.
    `socket` is named as well, because 'self' does not include ws:// in old Safari; `blob:` is a picture in the page's
    memory, which only the visitor's token could fetch."""
    # An earlier version may have stored a text that is not an origin. In this header it could have another meaning.
    ancestors = " ".join(filter(is_origin, embedders)) or "'none'"
    return _widget(socket, "'none'", ancestors) | {"Cross-Origin-Resource-Policy": "cross-origin"}


def chat(socket: str) -> dict[str, str]:
    """For the widget as a page of its own: nobody may embed it, and its form is sent to this server."""
    return _widget(socket, "'self'", "'none'")


def _widget(socket: str, form_action: str, ancestors: str) -> dict[str, str]:
    # `data:` is for pictures of the visitor's own chat: WeChat cannot save those of `blob:`.
    return _page(
        f"script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
        f"connect-src 'self' {socket}; form-action {form_action}; frame-ancestors {ancestors}; "
        "require-trusted-types-for 'script'"
    )


def _page(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": f"default-src 'none'; base-uri 'none'; {policy}",
        "Cache-Control": "no-store",
    }
