"""Every setting: name, default, meaning, bounds. One table (`Settings`); `environment.py` reads it.

The setting `ring_s` is the variable `CHATSERVER_RING_S`; only `PORT`, `DATABASE_URL` and `REDIS_URL` have the names
that hosting platforms give them.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from chatserver.domain.origin import is_loopback
from chatserver.domain.rules import Rules

PREFIX = "CHATSERVER_"
NAMED_BY_OTHERS = {"port": "PORT", "database_url": "DATABASE_URL", "redis_url": "REDIS_URL"}

_RULES = Rules()

Seconds = Annotated[int, Meta(ge=1, le=7 * 86_400)]
Count = Annotated[int, Meta(ge=1, le=100_000)]
Port = Annotated[int, Meta(ge=1, le=65_535)]


def _means(text: str) -> Meta:
    return Meta(description=text)


class Settings(Struct, frozen=True, kw_only=True):
    """All settings. The defaults of the rules are the domain's; tuples are written with commas between."""

    data: Annotated[str, _means("The folder of the SQLite database; made when missing.")] = "data"
    database_url: Annotated[
        str, _means("A PostgreSQL database, as postgresql://user:password@host/name; SQLite when empty.")
    ] = ""
    audit_key_file: Annotated[
        str,
        _means("The file with the key that signs the audit log, the same at all nodes; audit.key in DATA when empty."),
    ] = ""
    files: Annotated[
        str,
        _means("The folder of images and PDF files, the same for all nodes; files in DATA when empty."),
    ] = ""
    clamd: Annotated[
        str,
        _means(
            "The virus scanner (clamd) that checks each file, as host:port or the path of its socket; none when empty. "
            "A scanner that is set but does not answer refuses files."
        ),
    ] = ""
    regions: Annotated[
        str,
        _means(
            "The data file (xdb of ip2region) that says which province and city an address belongs to; that of the "
            "package ip-region when empty and installed; none: no regions."
        ),
    ] = ""
    pg_bin: Annotated[
        str, _means("The folder of PostgreSQL's programs (pg_dump, pg_restore); searched on the PATH when empty.")
    ] = ""
    redis_url: Annotated[
        str,
        _means("A Redis server through which several nodes hear of each other, as redis://:password@host:6379/0."),
    ] = ""
    host: Annotated[str, _means("The address to listen on.")] = "127.0.0.1"
    port: Annotated[Port, _means("The port to listen on.")] = 8000
    metrics_host: Annotated[str, _means("The address to listen on for /metrics.")] = "127.0.0.1"
    metrics_port: Annotated[
        int, Meta(ge=0, le=65_535), _means("The port of /metrics, which the public port does not have; 0: none.")
    ] = 0
    public_url: Annotated[
        str, _means("How browsers reach this server, without a path; http://127.0.0.1:PORT when empty.")
    ] = ""
    extra_hosts: Annotated[
        tuple[str, ...], _means("Further Host headers to answer, as name or name:port, commas between.")
    ] = ()
    forwarded_allow_ips: Annotated[
        tuple[str, ...],
        _means("Addresses or networks of the reverse proxies whose X-Forwarded-For is believed; none by default."),
    ] = ()

    hospital_name_zh: Annotated[str, _means("The hospital's name on Chinese pages.")] = "医院在线咨询"
    hospital_name_en: Annotated[str, _means("The hospital's name on English pages.")] = "Hospital live chat"
    time_zone: Annotated[str, _means("The zone in which times are shown.")] = "Asia/Shanghai"
    phone_region: Annotated[
        str, _means("The country whose phone numbers visitors leave without +, as two letters: CN, HK, SG.")
    ] = "CN"
    language: Annotated[
        Literal["zh", "en"],
        _means("The language of a page whose reader has chosen none; where it is set, of the commands, too."),
    ] = "zh"
    log_format: Annotated[Literal["text", "json"], _means("One line per event, for people or programs.")] = "text"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], _means("The least weighty events that are logged.")
    ] = "info"

    capacity_default: Annotated[int, Meta(ge=1, le=20), _means("Active conversations a new consultant may hold.")] = 5
    ring_s: Annotated[Seconds, _means("How long a new conversation rings at one consultant.")] = _RULES.ring_ms // 1000
    transfer_s: Annotated[Seconds, _means("How long a transfer is held out.")] = _RULES.transfer_ms // 1000
    first_reply_alarm_s: Annotated[
        Seconds, _means("Without a first reply for so long, the supervisor is shown it.")
    ] = _RULES.first_reply_alarm_ms // 1000
    first_reply_s: Annotated[Seconds, _means("Without a first reply for so long, it goes back to the queue.")] = (
        _RULES.first_reply_ms // 1000
    )
    typing_extra_s: Annotated[
        Seconds,
        _means("How much longer at most a consultant who is typing keeps it, and an end waits for whoever is typing."),
    ] = _RULES.typing_extra_ms // 1000
    follow_up_alarm_s: Annotated[Seconds, _means("Without a later reply for so long, the supervisor is shown it.")] = (
        _RULES.follow_up_alarm_ms // 1000
    )
    grace_s: Annotated[Seconds, _means("How long a consultant whose connection is lost keeps their conversations.")] = (
        _RULES.grace_ms // 1000
    )
    visitor_away_s: Annotated[
        Seconds, _means("A waiting visitor gone for so long is not rung for, but keeps the place in the queue.")
    ] = _RULES.visitor_away_ms // 1000
    abandon_s: Annotated[
        Seconds, _means("A waiting visitor gone for so long has left; the conversation is closed.")
    ] = _RULES.abandon_ms // 1000
    inactive_s: Annotated[Seconds, _means("An answered conversation this quiet no longer counts in the load.")] = (
        _RULES.inactive_ms // 1000
    )
    idle_warning_s: Annotated[Seconds, _means("An answered conversation this quiet is warned of its end.")] = (
        _RULES.idle_warning_ms // 1000
    )
    idle_close_s: Annotated[
        Seconds, _means("An answered conversation this quiet is closed; longer than the warning.")
    ] = _RULES.idle_close_ms // 1000
    reopen_s: Annotated[
        Seconds, _means("A visitor who writes within this time of the end is in the same conversation.")
    ] = _RULES.reopen_ms // 1000
    rating_s: Annotated[Seconds, _means("How long after the end a rating can be given or changed.")] = (
        _RULES.rating_ms // 1000
    )
    misses: Annotated[Count, _means("Rings missed in a row after which a consultant is paused.")] = _RULES.misses
    hops: Annotated[Count, _means("Accepted transfers after which only a supervisor may be offered it.")] = _RULES.hops
    above_capacity: Annotated[
        int, Meta(ge=0, le=100), _means("How far above the own capacity a consultant may claim conversations.")
    ] = _RULES.above_capacity
    queue_limit: Annotated[Count, _means("How many may wait in one group's queue.")] = _RULES.queue_limit
    queue_wait_limit_s: Annotated[
        Seconds, _means("Nobody is let into a queue that would take longer, and nobody but an emergency waits longer.")
    ] = _RULES.queue_wait_limit_ms // 1000
    fit_s: Annotated[
        Seconds, _means("So long a conversation waits for somebody who knows its field and language; then for anybody.")
    ] = _RULES.fit_ms // 1000
    affinity_s: Annotated[
        Seconds, _means("A visitor who comes back within so long goes to the last consultant, if they have room.")
    ] = _RULES.affinity_ms // 1000
    overflow_s: Annotated[
        Seconds, _means("After so long in one group's queue it goes to the group that helps out, if there is one.")
    ] = _RULES.overflow_ms // 1000
    emergency_s: Annotated[
        Seconds, _means("An emergency without an answer for so long goes on to somebody else who has room.")
    ] = _RULES.emergency_ms // 1000
    offer_message_ahead: Annotated[
        int, Meta(ge=0, le=10_000), _means("With more than so many ahead, a waiting visitor is offered a 留言 first.")
    ] = _RULES.offer_message_ahead
    offer_message_s: Annotated[Seconds, _means("With a longer estimated wait than this, too.")] = (
        _RULES.offer_message_ms // 1000
    )
    closing_soon_s: Annotated[
        Seconds, _means("So long before the opening hours end, newcomers are offered a 留言 first.")
    ] = _RULES.closing_soon_ms // 1000
    offline_due_s: Annotated[Seconds, _means("A 留言 is due so long after the next opening.")] = (
        _RULES.offline_due_ms // 1000
    )
    check_in_early_s: Annotated[Seconds, _means("签到 opens so long before a shift begins.")] = (
        _RULES.check_in_early_ms // 1000
    )
    shift_quiet_s: Annotated[Seconds, _means("New conversations come so long after a shift has begun.")] = (
        _RULES.shift_quiet_ms // 1000
    )
    message_length: Annotated[int, Meta(ge=1, le=4_000), _means("Code points in a message, at most.")] = (
        _RULES.message_length
    )
    note_length: Annotated[int, Meta(ge=1, le=4_000), _means("Code points in a note, at most.")] = _RULES.note_length
    estimate_samples: Annotated[
        Count, _means("Fewer handled conversations than this give no estimate of the waiting time.")
    ] = _RULES.estimate_samples

    visitor_life_desktop_s: Annotated[
        Seconds, _means("A visitor's token on a desktop ends so long after the last activity.")
    ] = 30 * 60
    visitor_life_touch_s: Annotated[
        Seconds, _means("A visitor's token on a touch device ends so long after the last activity.")
    ] = 24 * 3600
    visitor_life_own_days: Annotated[
        int,
        Meta(ge=1, le=30),
        _means("The same on a device that the visitor has said is their own, in days."),
    ] = 30
    staff_session_s: Annotated[Seconds, _means("A staff session ends so long after the sign-in.")] = 14 * 3600

    visitor_frames_per_s: Annotated[Count, _means("Frames a second from one visitor's socket.")] = 20
    staff_frames_per_s: Annotated[Count, _means("Frames a second from one staff socket.")] = 50
    visitor_messages_burst: Annotated[Count, _means("Messages a visitor may send at once; then one a second.")] = 5
    visitor_messages_per_5_min: Annotated[Count, _means("Messages from one visitor in five minutes.")] = 60
    staff_messages_per_s: Annotated[Count, _means("Messages a second from one member of staff.")] = 5
    staff_messages_burst: Annotated[Count, _means("Messages a member of staff may send at once.")] = 20
    visitor_reads_per_s: Annotated[
        Count, _means("Questions for history and heads a second from one visitor; ten times as many at once.")
    ] = 5
    staff_acts_per_s: Annotated[
        Count, _means("Acts a second of one member of staff (take, settle, transfer); ten times as many at once.")
    ] = 10
    staff_reads_per_s: Annotated[
        Count, _means("Questions for history, lists and conversations a second; ten times as many at once.")
    ] = 20
    files_per_min: Annotated[Count, _means("Files from one visitor or one member of staff in a minute.")] = 12
    files_per_hour_and_address: Annotated[
        Count, _means("Files that visitors from one address may send in an hour, at each node.")
    ] = 600
    opens_per_hour: Annotated[Count, _means("Conversations one visitor may open in an hour.")] = 3
    offline_per_hour: Annotated[Count, _means("留言 one visitor may leave in an hour.")] = 5
    ratings_per_hour: Annotated[Count, _means("Ratings one visitor may give or change in an hour.")] = 10
    reveals_per_hour: Annotated[
        Count, _means("Phone numbers of 留言 that one member of staff may be shown in an hour.")
    ] = 20
    opens_per_hour_and_address: Annotated[
        Count, _means("Conversations that visitors from one address may open in an hour, at each node.")
    ] = 300
    offline_per_hour_and_address: Annotated[
        Count, _means("留言 that visitors from one address may leave in an hour, at each node.")
    ] = 60
    ratings_per_hour_and_address: Annotated[Count, _means("Ratings from one address in an hour, at each node.")] = 60
    emergencies_per_hour_and_address: Annotated[
        Count, _means("Emergencies from one address in an hour that have priority; further ones are taken without it.")
    ] = 3
    reads_per_s_and_address: Annotated[
        Count, _means("Questions for history and heads a second from one address; ten times as many at once.")
    ] = 50
    shared_networks: Annotated[
        tuple[str, ...],
        _means(
            "Addresses or networks behind which many honest visitors are (the hospital's Wi-Fi), commas between. "
            "The hourly limits per address of conversations, left messages, ratings and emergencies are ten times as "
            "high there, and an address may have three quarters of a queue."
        ),
    ] = ()
    sessions_per_hour_and_address: Annotated[Count, _means("Visitor sessions started from one address in an hour.")] = (
        2_000
    )
    handshakes_per_s: Annotated[Count, _means("Socket handshakes a second from one address.")] = 20
    handshakes_burst: Annotated[Count, _means("Socket handshakes from one address at once.")] = 40
    sockets_per_address: Annotated[
        Count, _means("Open sockets from one address, visitors and staff counted apart.")
    ] = 500
    page_s: Annotated[
        int,
        Meta(ge=1, le=60),
        _means("A page of transcripts that takes longer than this to read is given up, and says so."),
    ] = 5
    connections_per_address: Annotated[
        Count,
        _means(
            "HTTP connections from one address, unanswered upgrades among them; those of a listed proxy have no limit."
        ),
    ] = 1_000
    drain_s: Annotated[
        int,
        Meta(ge=0, le=600),
        _means("A server that stops sends more than 50 sockets to the other servers over so long."),
    ] = 15
    sockets: Annotated[Count, _means("Open sockets altogether; more are told to come back later.")] = 10_000

    @property
    def database_path(self) -> Path:
        return Path(self.data) / "chat.db"

    @property
    def audit_key_path(self) -> Path:
        return Path(self.audit_key_file) if self.audit_key_file else Path(self.data) / "audit.key"

    @property
    def files_path(self) -> Path:
        return Path(self.files) if self.files else Path(self.data) / "files"

    @property
    def database(self) -> Path | str:
        """The SQLite file, or the address of the PostgreSQL database."""
        if not self.database_url:
            return self.database_path
        _, _, rest = self.database_url.partition("://")
        return f"postgresql://{rest}"

    @property
    def hosts(self) -> frozenset[str]:
        """Every Host header that is accepted: the public name, the loopback names for it, and the extra ones."""
        public = urlsplit(self.public_url)
        own = {public.netloc}
        if is_loopback(public.hostname or ""):
            own |= {f"{name}:{public.port or 80}" for name in ("127.0.0.1", "localhost")}
        return frozenset(own | {host.lower() for host in self.extra_hosts})

    @property
    def origins(self) -> frozenset[str]:
        """`hosts` as origins, with the scheme of the public URL."""
        scheme = urlsplit(self.public_url).scheme
        return frozenset(f"{scheme}://{host}" for host in self.hosts)


def variables() -> dict[str, str]:
    """The environment variable of each setting, with the setting's field."""
    return {variable_of(name): name for name in Settings.__struct_fields__}


def meaning(field: str) -> str:
    """What a setting means, in one sentence."""
    hint = get_type_hints(Settings, include_extras=True)[field]
    return str(next(meta.description for meta in hint.__metadata__ if meta.description))


def rules(settings: Settings) -> Rules:
    """The settings that are rules of the hospital; seconds become milliseconds."""
    numbers: dict[str, Any] = {}
    for name in Rules.__slots__:
        if name == "overflow_to":
            continue
        if name.endswith("_ms"):
            numbers[name] = getattr(settings, name.removesuffix("_ms") + "_s") * 1000
        else:
            numbers[name] = getattr(settings, name)
    return Rules(**numbers)


def variable_of(field: str) -> str:
    """The environment variable of one setting."""
    return NAMED_BY_OTHERS.get(field, PREFIX + field.upper())
