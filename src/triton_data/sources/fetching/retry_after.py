"""How long an HTTP answer asks us to wait: GitHub's rules, which its archive host and PyPI's mirrors share.

In: status, headers, message and how often we were refused in a row. Out: seconds, or None where there is no limit.
Order: Retry-After; else nothing remaining, so until the reset; else at least a minute, doubled each time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
FIRST_RETRY = 1.0  # after a 5xx or a broken connection
TRIES = 5
SPEAKS_OF_LIMIT = ("rate limit", "abuse", "retry your request", "wait a few minutes")


def pause_asked(status: int, headers: Mapping[str, str], message: str, refusals: int) -> float | None:
    """`headers` with lower-case names; a 403 that speaks of no limit is a plain refusal."""
    after = retry_after(headers.get("retry-after", ""))
    spent = headers.get("x-ratelimit-remaining") == "0"
    limited = status == 429 or (status == 403 and (after is not None or spent or _speaks_of_limit(message)))
    if not limited:
        return None
    if after is not None:
        return after
    if spent and (reset := until_reset(headers)) is not None:
        return reset
    return float(min(FIRST_PAUSE * 2**refusals, LONGEST_PAUSE))


def until_reset(headers: Mapping[str, str]) -> float | None:
    """One second more than the header says: it does not tell when in that second."""
    reset = headers.get("x-ratelimit-reset", "")
    return max(float(reset) - time.time(), 0.0) + 1.0 if reset.isdigit() else None


def retry_after(value: str) -> float | None:
    """Seconds, or a date; None where it is neither."""
    if value.strip().isdigit():
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0) if value else None
    except ValueError:
        return None


def backoff(tries: int) -> float:
    """Jittered, so that four fetchers do not come back at the same moment."""
    return float(min(FIRST_RETRY * 2**tries, 60.0) * random.uniform(0.75, 1.25))


def _speaks_of_limit(message: str) -> bool:
    return any(words in message.lower() for words in SPEAKS_OF_LIMIT)
