"""What a source on this machine has to be able to say; folder.py is the pattern. spec.py has the list of them.

Not covered: keeping what it gives, licences, provenance (scrape.py); sources of which somebody is asked (discover.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from triton_data.records import Drop


class Local(Protocol):
    @property
    def kind(self) -> str: ...  # the word before the colon, and the `source` of every origin

    @property
    def place(self) -> str: ...  # absolute: two places are two sources

    @property
    def name(self) -> str: ...  # the `repo` of every origin

    def revision(self) -> str: ...  # other contents, another revision; pins what `members` gives

    def members(self, most: int) -> Iterator[tuple[str, bytes] | Drop]:
        """Wanted files of up to `most` bytes, path and content, in a stable order; a Drop for each other one."""
        ...
