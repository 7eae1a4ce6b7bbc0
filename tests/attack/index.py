"""Every numbered attack: what is sent, what must happen, and where that is tested.

`make reference` generates docs/attacks.md from this. Tests in this package are found by the numbers in their module's
name or docstring; `elsewhere` lists those in other packages. `absent` says why a number does not apply to the product.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NUMBERS = re.compile(r"\b[Aa](\d{2,3})(?:[–-][Aa]?(\d{2,3}))?(?![0-9a-z])")
OWN = "test_own_"


@dataclass(frozen=True)
class Attack:
    """`elsewhere`: tests outside this package, as file::name, or a whole file."""

    number: int
    sent: str
    due: str
    elsewhere: tuple[str, ...] = ()
    absent: str = ""

    @property
    def name(self) -> str:
        return f"A{self.number:02d}"


DOORS = "tests/e2e/test_doors.py"
BAD = "tests/e2e/test_bad_input.py"
GUARDS = "tests/web/test_guards.py"
LOGIN = "tests/web/test_sign_ins.py"
PROTOCOL = "tests/runtime/test_protocol.py"
LINE = "tests/runtime/test_line.py"
READING = "tests/wire/test_decoding.py"
SESSION = "tests/web/test_visitor_session.py"
PAGES = "tests/web/test_pages.py"
TRANSCRIPTS = "tests/web/test_transcripts.py"
FILES = ("tests/domain/test_files.py",)
AUDIT = ("tests/store/test_audit.py", "tests/runtime/test_audit_log.py")

ATTACKS = (
    Attack(
        1,
        "a foreign `Origin` at both sockets",
        "403, no upgrade",
        (
            f"{DOORS}::test_a_page_of_another_origin_opens_nothing",
            f"{GUARDS}::test_no_socket_opens_from_another_origin",
        ),
    ),
    Attack(2, "`Origin: null`", "403", (f"{DOORS}::test_a_page_of_another_origin_opens_nothing",)),
    Attack(3, "no `Origin`", "403", (f"{GUARDS}::test_no_socket_opens_without_an_origin_or_under_another_host",)),
    Attack(
        4,
        "origins that look alike: a longer host, another port or scheme, a trailing dot, upper case, two of them",
        "403 each",
        (f"{DOORS}::test_a_page_of_another_origin_opens_nothing", f"{DOORS}::test_two_origin_headers_are_refused"),
    ),
    Attack(
        5,
        "a foreign page opens the staff's socket while the cookie is there",
        "no 101",
        (f"{DOORS}::test_a_browser_that_says_cross_site_is_believed",),
    ),
    Attack(
        6,
        "forged `Host` and `X-Forwarded-*` from a peer that is not a proxy",
        "ignored; limits apply to the peer",
        (f"{GUARDS}::test_no_other_name_is_answered",),
    ),
    Attack(
        7,
        "no subprotocol, or an unknown one",
        "400",
        (f"{DOORS}::test_another_subprotocol_is_refused", f"{GUARDS}::test_no_socket_opens_in_an_unknown_protocol"),
    ),
    Attack(
        8,
        "another version, a bad key, POST, HTTP/1.0, a body, two lengths in one upgrade",
        "4xx or closed, never a socket",
    ),
    Attack(
        9,
        "a token in the address",
        "refused, and not logged",
        (f"{DOORS}::test_a_token_in_the_address_opens_nothing_and_is_not_logged",),
    ),
    Attack(
        10,
        "silence after the upgrade",
        "closed after 5 s, with a code that allows reconnecting",
        (f"{DOORS}::test_a_silent_client_is_disconnected_after_five_seconds",),
    ),
    Attack(11, "another frame before `hello`", "4501", (f"{DOORS}::test_a_frame_before_hello_is_not_handled",)),
    Attack(12, "a second `hello`", "4501", (f"{BAD}::test_a_second_hello_ends_the_connection",)),
    Attack(
        13,
        "thousands of heads and bodies at one byte a second",
        "each cut off within 6 s, honest clients unharmed",
        (f"{PROTOCOL}::test_a_silent_or_incomplete_request_is_closed_after_five_seconds",),
    ),
    Attack(
        14,
        "a head over 32 KiB, over 100 headers, a header of 200 kB",
        "431 or closed",
        (f"{PROTOCOL}::test_a_long_head_is_refused_with_or_without_an_end",),
    ),
    Attack(
        15,
        "500 handshakes a second from one address",
        "429 for it, no limit for others",
        (f"{GUARDS}::test_an_address_that_opens_too_fast_waits_and_others_do_not",),
    ),
    Attack(
        16,
        "a sixth tab; more sockets of one address than it may have",
        "4503; 429",
        (f"{GUARDS}::test_an_address_has_a_limit_of_sockets",),
    ),
    Attack(
        17,
        "a text of 65,537 bytes; the head of one of 17 MB",
        "1009",
        (f"{BAD}::test_a_frame_over_64_kibibytes_ends_the_connection",),
    ),
    Attack(18, "240 MB in fragments of 60 kB", "1009"),
    Attack(
        19,
        "an endlessly fragmented message",
        "the end",
        (f"{PROTOCOL}::test_a_message_in_endless_pieces_ends_the_connection",),
    ),
    Attack(
        20,
        "300,000 empty fragments",
        "closed within a second",
        (f"{PROTOCOL}::test_a_message_in_endless_pieces_ends_the_connection",),
    ),
    Attack(
        21,
        "deflate offered; then a frame that says it is compressed",
        "not negotiated; 1002",
        (f"{PROTOCOL}::test_the_server_is_run_with_these_protocols",),
    ),
    Attack(
        22,
        "endless pings, answers unread",
        "cut off within a second",
        (
            f"{PROTOCOL}::test_pings_of_a_client_that_does_not_read_end_sooner",
            f"{PROTOCOL}::test_a_flood_of_control_frames_ends_its_connection_only",
        ),
    ),
    Attack(23, "a client that never reads", "closed; it delays nobody", ("tests/faults/test_f45_slow_readers.py",)),
    Attack(
        24,
        "a compression bomb",
        "no setting enables deflate",
        (f"{PROTOCOL}::test_the_server_is_run_with_these_protocols",),
    ),
    Attack(25, "texts that are not UTF-8", "1007, no traceback in the log"),
    Attack(
        26,
        "a binary frame",
        "1003",
        (f"{BAD}::test_a_binary_frame_ends_the_connection", f"{DOORS}::test_a_binary_hello_is_refused"),
    ),
    Attack(
        27,
        "10,000 random streams of frames",
        "the same results as the library's",
        ("tests/runtime/test_framefuzz.py::test_our_parser_reads_the_same_as_the_library",),
    ),
    Attack(28, "frames that RFC 6455 forbids", "1002 and the like"),
    Attack(
        29, "a thousand resets within a frame, half-closed connections, missing closes", "no task or open file is left"
    ),
    Attack(
        30,
        "invalid JSON, an array, a string, nothing, `{}`",
        "`bad_frame`; the sixth closes the connection",
        (
            f"{BAD}::test_a_visitors_bad_frame_is_refused",
            f"{BAD}::test_six_invalid_frames_end_the_connection",
        ),
    ),
    Attack(
        31,
        "30,000 levels",
        "`bad_frame`",
        (f"{BAD}::test_a_visitors_bad_frame_is_refused", f"{READING}::test_thirty_thousand_levels"),
    ),
    Attack(
        32,
        "a field twice",
        "two types are refused, otherwise the last one counts",
        (
            f"{READING}::test_two_different_types_are_refused",
            f"{READING}::test_of_two_equal_fields_the_last_one_counts",
        ),
    ),
    Attack(
        33,
        "NaN, 1e999, 5,000 digits, 2^63, -1, 1.0, true instead of a whole number",
        "`bad_frame`",
        (f"{BAD}::test_a_visitors_bad_frame_is_refused", f"{READING}::test_what_is_no_whole_number"),
    ),
    Attack(
        34,
        "lone surrogates, NUL, control characters, 1,001 characters, 16 KiB and one byte",
        "`text_invalid`, `too_large`",
        (
            f"{BAD}::test_a_visitors_bad_frame_is_refused",
            f"{READING}::test_controls_raw_and_escaped",
            f"{READING}::test_half_a_character_raw_and_escaped",
        ),
    ),
    Attack(
        35,
        "`__proto__`, `constructor`, `toString` as names and values",
        "text, or ignored",
        (
            f"{BAD}::test_fields_of_other_roles_change_nothing",
            f"{READING}::test_such_names_are_text_where_text_is_due",
        ),
    ),
    Attack(
        36,
        "the server's own fields: role, author, fence, epoch",
        "ignored; nothing changes",
        (f"{BAD}::test_fields_of_other_roles_change_nothing",),
    ),
    Attack(
        37,
        "objects and lists instead of text",
        "`bad_frame`",
        (f"{BAD}::test_a_visitors_bad_frame_is_refused", f"{READING}::test_objects_and_numbers_are_no_text"),
    ),
    Attack(
        38,
        'ids in other forms: 0, "0e123", full-width digits, spaces',
        "`bad_frame`, `not_found`",
        (f"{BAD}::test_a_visitors_bad_frame_is_refused", f"{READING}::test_what_is_no_id"),
    ),
    Attack(
        39,
        "resuming somebody else's conversation, beyond the head, under another epoch",
        "not listed, or sent completely",
        (
            f"{DOORS}::test_resuming_somebody_elses_conversation_brings_nothing",
            f"{DOORS}::test_a_client_ahead_of_the_store_gets_everything_again",
            f"{READING}::test_fifty_conversations_are_resumed_and_no_more",
        ),
    ),
    Attack(
        40,
        "history without bounds, backwards, 100 a second",
        "100 at most; `rate_limited`",
        (
            f"{BAD}::test_pages_of_history_run_a_hundred_at_most_and_never_backwards",
            f"{READING}::test_history_has_a_limit",
        ),
    ),
    Attack(
        41,
        "a token that is revoked, expired, another site's, guessed; at the other endpoint",
        "the same answer for all",
        (
            f"{DOORS}::test_only_a_valid_token_opens_a_visitors_socket",
            f"{DOORS}::test_only_a_valid_cookie_opens_a_staff_socket",
        ),
    ),
    Attack(
        42,
        "1,000 messages or typing signals a second, 100 openings a minute",
        "`rate_limited`, then 4029",
        (f"{BAD}::test_too_many_frames_are_refused_then_end_the_connection",),
    ),
    Attack(43, "generated frames to the decoder", "no exceptions but its own", ("tests/wire/test_decoding_random.py",)),
    Attack(
        44,
        "frames out of order: a message before opening, two ends, a read mark beyond the head",
        "a refusal with its code, nothing changes",
        (f"{BAD}::test_a_conversation_ends_once", f"{BAD}::test_an_owners_bad_frame_is_refused"),
    ),
    Attack(
        45,
        "every route and frame from every role to every kind of conversation",
        "as in the table of permissions",
        (f"{BAD}::test_a_consultant_of_another_group_learns_nothing", "tests/domain/test_permissions.py"),
    ),
    Attack(
        46,
        "a consultant acts on another group's conversation",
        "`not_found`",
        (f"{BAD}::test_a_consultant_of_another_group_learns_nothing",),
    ),
    Attack(
        47,
        "a visitor types the name or number of an earlier patient",
        "sees nothing of theirs",
        ("tests/browser/test_next_person.py",),
    ),
    Attack(
        48,
        "transcripts of others, guessed, after signing out, by HEAD and Range",
        "404, nothing is cached",
        (
            f"{TRANSCRIPTS}::test_a_conversation_of_another_group_does_not_exist",
            f"{TRANSCRIPTS}::test_nobody_signed_in_is_sent_to_sign_in_and_back",
        ),
    ),
    Attack(
        49,
        "an unknown and a known login",
        "the same answer in the same time",
        (f"{LOGIN}::test_unknown_login_wrong_password_and_disabled_account_get_one_answer",),
    ),
    Attack(
        50,
        "a chosen session id; old sessions after sign-out, a new password, a new role",
        "a new id; sockets closed within 2 s",
        (
            f"{LOGIN}::test_a_token_that_an_attacker_chose_is_never_adopted",
            f"{LOGIN}::test_disabling_or_a_new_password_ends_every_session",
            "tests/e2e/test_rights.py::test_a_disabled_account_is_disconnected_everywhere_within_two_seconds",
        ),
    ),
    Attack(
        51,
        "a foreign form: another origin, none, two, JSON as text",
        "403",
        (
            f"{GUARDS}::test_nothing_is_changed_from_another_origin",
            f"{GUARDS}::test_nothing_is_changed_without_an_origin_or_with_two",
            f"{SESSION}::test_a_simple_form_of_another_page_is_not_accepted_as_json",
        ),
    ),
    Attack(
        52,
        "a visitor's token after its end, of another site, on a second device",
        "refused; nothing of others is shown",
        (
            f"{DOORS}::test_a_visitor_who_ends_the_conversation_ends_the_token",
            f"{DOORS}::test_another_person_at_the_browser_ends_the_previous_token",
        ),
    ),
    Attack(
        53, "codes of a second factor, used again, guessed, in parallel", "refused", absent="there is no second factor"
    ),
    Attack(
        54,
        "20 passwords for each of 50 accounts; locking out a member of staff",
        "slowed down; the rightful user gets in",
        (f"{LOGIN}::test_five_failures_at_a_known_device_lock_the_account_there_alone",),
    ),
    Attack(
        55,
        "a check that is not awaited",
        "mypy and ruff find it; a bad token is refused everywhere",
        (f"{DOORS}::test_only_a_valid_token_opens_a_visitors_socket",),
    ),
    Attack(
        56,
        "a forged, foreign, old or used identity token of a portal",
        "refused, always in the same words; the chat goes on",
        (
            "tests/domain/test_identity.py",
            "tests/hub/test_identity.py::test_of_a_hundred_at_once_at_two_nodes_one_wins",
            "tests/browser/test_identity.py::test_a_forged_token_shows_nobody_and_the_chat_goes_on",
        ),
    ),
    Attack(
        57,
        "markup in every field",
        "text everywhere",
        (
            f"{TRANSCRIPTS}::test_what_people_wrote_is_text",
            "tests/web/test_visits.py::test_what_a_browser_sent_is_text",
            f"{PAGES}::test_no_page_holds_an_inline_script_or_style",
        ),
    ),
    Attack(
        58,
        "links with other schemes, with user names, with control characters",
        "text, or a link that says where it goes",
    ),
    Attack(
        59, "templates in messages: `{{7*7}}`, `${7*7}`", "text", (f"{TRANSCRIPTS}::test_what_people_wrote_is_text",)
    ),
    Attack(
        60,
        "characters that hide or reverse text, names that resemble staff's",
        "shown as codes, or refused",
        ("tests/domain/test_names.py", "tests/domain/test_text.py"),
    ),
    Attack(
        61, "`postMessage` from foreign pages, of unknown types, huge", "ignored", ("widget/src/loader/loader.test.ts",)
    ),
    Attack(
        62,
        "the console in a frame; the chat on a page that is not listed",
        "blocked",
        (
            f"{PAGES}::test_the_frame_may_be_shown_by_its_site_alone",
            f"{PAGES}::test_staff_pages_can_be_neither_framed_nor_cached",
        ),
    ),
    Attack(63, "markup and addresses in names and greetings of a site", "text"),
    Attack(64, "export cells that begin a formula", "quoted", absent="there are no exports"),
    Attack(
        65,
        "line breaks and escapes in a path, a name, a User-Agent",
        "one log line each",
        ("tests/runtime/test_logs.py",),
    ),
    Attack(
        66,
        "SQL in filters and ids",
        "nothing found, or 400",
        (f"{TRANSCRIPTS}::test_an_impossible_filter_is_explained",),
    ),
    *(
        Attack(number, sent, due, FILES)
        for number, sent, due in (
            (67, "scripts named like a picture; a picture with another name", "refused; renamed by its content"),
            (68, "a PDF with a script", "can only be saved"),
            (69, "files that are two kinds at once; names with paths", "re-encoded, renamed"),
            (70, "pictures of absurd size, bombs", "refused before they are decoded"),
            (71, "pictures with location data", "the data are removed"),
            (72, "too many, too large, too slow uploads", "refused early"),
            (73, "malware; the scanner away", "refused both times"),
        )
    ),
    Attack(74, "addresses that the server is to fetch", "nothing is fetched", absent="the server fetches nothing"),
    Attack(
        75,
        "every kind of error; documents and metrics from outside",
        "a plain page with an error number",
        (
            f"{GUARDS}::test_an_internal_error_reveals_only_its_number",
            f"{PAGES}::test_the_public_port_has_no_metrics",
        ),
    ),
    Attack(
        76,
        "the back button, the cache, a shared machine after the end",
        "nothing can be read",
        ("tests/browser/test_next_person.py", f"{PAGES}::test_staff_pages_can_be_neither_framed_nor_cached"),
    ),
    Attack(
        77,
        "searching database, logs and disk for texts and tokens",
        "no token, and no text in a log",
        (
            f"{LOGIN}::test_the_database_holds_no_token",
            f"{SESSION}::test_a_visitor_gets_a_token_the_database_does_not_hold",
            f"{BAD}::test_a_visitors_bad_frame_is_refused",
        ),
    ),
    Attack(78, "changing, truncating or rolling back the audit log", "found", AUDIT),
    Attack(
        79, "a request for erasure, then a search everywhere", "unreadable", absent="nothing is erased on request yet"
    ),
    Attack(80, "10,000 cancelled waits", "no answer to the wrong request", ("tests/faults/test_f28_f30_postgres.py",)),
    Attack(81, "endless trailers", "400 or closed within 16 KiB or 5 s"),
    Attack(
        82,
        "an incomplete body, an upgrade of 9 KB or 129 headers, an unread asset, idle connections",
        "each ends in its time; counted by address",
    ),
    Attack(83, "a read of 256 KB full of small frames", "at most 2 ms of the event loop at a time"),
    Attack(84, "hundreds of requests in one write, answers unread", "closed, or answered one at a time"),
    Attack(85, "handshakes over HTTP/1.0 and 2.0, or otherwise not plain", "400"),
    Attack(86, "100 password guessers at many addresses", "known machines still sign in"),
    Attack(87, "the staff's socket hammered without a cookie from the staff's own address", "signed-in staff get in"),
    Attack(88, "60 emergencies from one address", "all shown and accepted, the first few with priority"),
    Attack(89, "one address fills a queue", "it gets only its share"),
    Attack(90, "floods of every frame that writes or reads", "a rate limit for each"),
    Attack(91, "a consultant reads the numbers of 100 留言", "each reveal is recorded and limited"),
    Attack(
        92, "thousands of broken bodies, resets, invalid UTF-8", "no traceback; a limit of lines a minute, then a count"
    ),
    Attack(93, "demo data under a public address", "refused with an explanation"),
    Attack(94, "origins of a site with `*`, `;`, TAB, a port of 99999, a user", "refused with an explanation"),
    Attack(
        95, "names with hidden characters, mixed scripts, or the hospital's name", "refused, or replaced by a number"
    ),
    Attack(
        96,
        "a blocked event loop",
        "the health check reports that, not a database outage",
        ("tests/hub/test_health.py::test_a_loop_that_stands_still_is_not_taken_for_a_silent_database",),
    ),
    Attack(97, "30 reloads of the heaviest page, each cancelled", "sockets and `/ready` unharmed"),
    Attack(
        98,
        "the next person at the same browser",
        "sees nothing",
        ("tests/browser/test_next_person.py", "tests/browser/test_next_person_model.py"),
    ),
    Attack(
        99,
        "a second frame before `welcome`; frames after a close",
        "closed; nothing is parsed",
        (f"{LINE}::test_nothing_after_a_close_is_taken",),
    ),
    Attack(100, "`X-Forwarded-For` from anybody but a listed proxy", "ignored, and logged once"),
)


def where(attack: Attack) -> tuple[str, ...]:
    """Where it is tested: files of this package, then `elsewhere`."""
    here = (f"tests/attack/{name}" for name, numbers in _numbered().items() if attack.number in numbers)
    return (*here, *attack.elsewhere)


def own() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The attacks without a number, by file: the names in each file's table `ATTACKS`."""
    for path in sorted(HERE.glob(f"{OWN}*.py")):
        module = importlib.import_module(f"tests.attack.{path.stem}")
        yield f"tests/attack/{path.name}", tuple(module.ATTACKS)


def numbers_in(text: str) -> set[int]:
    """Finds the numbers in `A08, A10–A14` and `test_a81_a82`."""
    found: set[int] = set()
    for first, last in NUMBERS.findall(text.replace("_", " ")):
        found |= set(range(int(first), int(last or first) + 1))
    return found


@cache
def _numbered() -> dict[str, set[int]]:
    """Test file → the numbers in its name or docstring."""
    found = {}
    for path in sorted(HERE.glob("test_*.py")):
        told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found[path.name] = numbers_in(path.stem) | numbers_in(told)
    return found
