"""Who is to blame for a failed constructor: which of its arguments to change.

In: the `Result` of an attempt, and the parameters and settings that have values. Out: names, the likeliest first.
Runs in the jail. Not covered: what would have been taken (better_values.py).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable

from triton_data.extract.jailed.attempt import Result, TooSlow, identifiers
from triton_data.extract.jailed.guess.instances import large

# published weights are neither there nor wanted: the network and the home folder are out of reach
OUTSIDE = re.compile(
    r"(PermissionError|URLError|gaierror|FileNotFoundError|OSError|LocalEntryNotFound|OfflineMode|MaxRetry|HTTPError|"
    r"ConnectionError|ConnectError|NameResolution|.*([Dd]ownload|Temporary failure in name resolution|proxy))"
)


def blamed_for(result: Result, known: list[inspect.Parameter], settings: Iterable[str]) -> list[str]:
    """Parameters and settings named on the failing line; those named in the message; else what is required."""
    names = [*(p.name for p in known), *settings]
    if OUTSIDE.match(result.error):
        fetching = [name for name in names if re.search("weights|pretrain|checkpoint|ckpt|download|url|hub", name)]
        if fetching:
            return fetching
    if result.raised[:1] == (TooSlow,) or re.match("MemoryError|.*can't allocate", result.error):
        return [p.name for p in known if large(p)] or names
    missing = re.findall(r"'(\w+)'", result.error) if "required" in result.error else []
    in_message = set(identifiers(result.error))
    by_message = [name for name in names if name in missing or (len(name) > 2 and name in in_message)]
    words: set[str] = set()
    for (where, _, _), line in zip(result.frames, result.lines, strict=True):
        if where == "__init__":
            words |= set(identifiers(line))
            break
    by_line = [name for name in names if name in words]
    required = [p.name for p in known if p.default is p.empty]
    inner = [name for line in reversed(result.lines) for name in names if name in identifiers(line)]
    return list(dict.fromkeys(by_message + inner[:1] + by_line + inner)) or required
