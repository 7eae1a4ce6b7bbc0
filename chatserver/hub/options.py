"""The hub's own numbers: sizes, pauses and limits that are not rules of the hospital."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chatserver.domain.hours import Calendar, no_holidays
from chatserver.domain.network import Networks

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOWHERE = Networks()


@dataclass(frozen=True, slots=True)
class HubOptions:
    """Set by `app` from the settings. Durations are in seconds, as the event loop counts them. `zone` and `calendar`
    determine the opening hours; `phone_region` is the country whose numbers are dialled without its code;
    `shared_networks` are those whose addresses many honest people share."""

    batch: int = 256
    inbox: int = 4_096
    outbox_frames: int = 256
    outbox_bytes: int = 512 * 1024
    visitor_ping: float = 25.0
    visitor_pong: float = 10.0
    staff_ping: float = 8.0
    staff_pong: float = 5.0
    visitor_tabs: int = 5
    staff_tabs: int = 3
    visitor_linger: float = 2.0
    staff_linger: float = 1.0
    tick: float = 0.5
    sweep: float = 1.0
    heads: float = 5.0
    heads_alone: float = 1.0
    attendance: float = 2.0
    drain: float = 15.0
    look: float = 1.0
    list_pause: float = 0.05
    list_rest: float = 0.2
    place_pause: float = 0.2
    service_rest: float = 3.0
    frames_per_second: int = 20
    staff_frames_per_second: int = 50
    messages_per_second: float = 1.0
    messages_burst: int = 5
    messages_per_five_minutes: int = 60
    opens_per_hour: int = 3
    offline_per_hour: int = 5
    ratings_per_hour: int = 10
    reads_per_second: int = 5
    opens_per_hour_and_address: int = 300
    offline_per_hour_and_address: int = 60
    ratings_per_hour_and_address: int = 60
    reads_per_second_and_address: int = 50
    emergencies_per_hour_and_address: int = 3
    shared_networks: Networks = NOWHERE
    staff_messages_per_second: float = 5.0
    staff_messages_burst: int = 20
    staff_acts_per_second: int = 10
    reveals_per_hour: int = 20
    staff_reads_per_second: int = 20
    zone: ZoneInfo = SHANGHAI
    calendar: Calendar = no_holidays
    phone_region: str = "CN"
    own_names: tuple[str, ...] = ()
