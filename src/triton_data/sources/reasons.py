"""Why a repository, or one file of it, did not come in: the words that are counted, and the two ways to say them.

`Refused` is final. `Deferred` is about now: its outcome is forgotten and done again once its time has come.
Both are raised by whatever talks to a host and become Drops in the two stages of this room, nowhere else.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from triton_data.records import Drop


class Reason(StrEnum):
    BELOW_STARS = "below_stars"
    FORK = "fork"
    OPTED_OUT = "opted_out"
    LICENCE = "licence"
    DISABLED = "disabled"
    EMPTY = "empty"
    GONE = "gone"  # 404, 410: deleted or private
    BLOCKED = "blocked"  # 451: taken down
    NO_SUCH_REVISION = "no_such_revision"
    NO_SUCH_VERSION = "no_such_version"
    OVER_1000 = "over_1000"  # one day, one star count, and still more than search shows
    INCOMPLETE = "incomplete_results"  # search timed out however often it was asked
    REDIRECTED = "redirected"  # to a place that we do not follow to
    CORRUPT = "corrupt"  # archive or pack that cannot be read
    CHECKSUM = "checksum"
    TOO_LARGE = "too_large"
    TOO_MANY_FILES = "too_many_files"
    BOMB = "bomb"  # unpacks to far more than it is
    UNSAFE_PATH = "unsafe_path"
    ODD_NAME = "odd_name"  # control characters, or not UTF-8
    LINK = "link"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"  # its host did not answer, however often it was asked
    DEFERRED = "deferred"


class NotNow(Exception):
    """Carries the Drop that an item ends with."""

    def __init__(self, drop: Drop) -> None:
        super().__init__(f"{drop.reason}: {drop.detail}")
        self.drop = drop


class Refused(NotNow):
    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(Drop(reason, detail))


class Deferred(NotNow):
    """The host wants us back at `until` (seconds since the epoch)."""

    def __init__(self, until: float, why: str) -> None:
        super().__init__(Drop(Reason.DEFERRED, f"until {stamp(until)}: {why}"))
        self.until = until


def stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def due(detail: str) -> float:
    """When a Drop with this detail wants to be done again; at once where it does not say."""
    words = detail.split(maxsplit=2)
    if len(words) < 2 or words[0] != "until":
        return 0.0
    return datetime.fromisoformat(words[1].rstrip(":")).timestamp()
