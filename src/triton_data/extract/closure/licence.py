"""Under which licence a closure is: that of every file that it took lines from, all of which hold.

In: a Closed, the origin of its root. Out: the origin with that licence. A file of unknown licence makes the whole
unknown to every reader's list, unless the files are the user's own. Not covered: what the licences permit (curate/).
"""

from __future__ import annotations

from dataclasses import replace

from triton_data.extract.closure.closure import Closed
from triton_data.extract.source.repo import Repo
from triton_data.formats.spdx import joined
from triton_data.records import Origin

UNKNOWN = "LicenseRef-unknown"
_OWN = ("dir", "given", "generated")


def licensed(repo: Repo, closed: Closed, origin: Origin) -> Origin:
    stated = {repo.licences.get(path, origin.licence) for path, _ in closed.homes} | {origin.licence}
    if stated == {origin.licence}:
        return origin
    found = joined(stated)
    if "" in stated and origin.source not in _OWN:
        found = joined([*stated, UNKNOWN])
    return replace(origin, licence=found)
