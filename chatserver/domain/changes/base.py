"""What a change is: the fields of the conversation that an event sets."""

from typing import Any

Changes = dict[str, Any]
