"""What it means when a server does not answer: come back later, never, or look what is wrong here.

In: a status, headers and the server's words; or that the connection broke. Out: a `Refusal`. Not covered: waiting
(limits.py, client.py).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum

_LIMITED = frozenset((429, 503, 529))  # that is what they say when there are too many
_PASSING = frozenset((408, 409, 425, 500, 502, 504, 520, 522, 524))
_SPENT = (
    "insufficient_quota",
    "billing_hard_limit",
    "credit balance",
)
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


class Kind(StrEnum):
    BUSY = "busy"  # fewer at once, and later
    PASSING = "passing"  # the same again, later
    MISUSE = "misuse"  # no question will be answered before somebody mends something
    QUESTION = "question"  # this one will not be


@dataclass(frozen=True, slots=True)
class Refusal:
    kind: Kind
    words: str
    wait: float | None = None  # seconds that the server asks for
    billed: bool = False  # perhaps: the answer was lost on its way


def of_status(status: int, headers: Mapping[str, str], words: str) -> Refusal:
    said = f"{status} {words}".strip()
    if status in (401, 403):
        return Refusal(Kind.MISUSE, f"the key was refused: {said}")
    if status == 404:
        return Refusal(Kind.MISUSE, f"no such model or address: {said}")
    if any(each in words.lower() for each in _SPENT):
        return Refusal(Kind.MISUSE, f"the account has nothing left: {said}")
    if status in _LIMITED:
        return Refusal(Kind.BUSY, said, retry_after(headers))
    if status in _PASSING or status >= 500:
        return Refusal(Kind.PASSING, said, retry_after(headers))
    return Refusal(Kind.QUESTION, said)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds or a date, by either of the two headers that are in use; None where neither can be read."""
    try:
        if value := headers.get("retry-after-ms", ""):
            return max(0.0, float(value) / 1000)
        value = headers.get("retry-after", "").strip()
        if value.replace(".", "", 1).isdigit():
            return float(value)
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time()) if value else None
    except ValueError:
        return None


def pause(tries: int) -> float:
    return float(min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE))
