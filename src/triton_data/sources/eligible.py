"""Whether a repository may come in: stars, forks, licence, and who asked to be left out.

In: what its host says of it now. Out: a Drop, or None where nothing speaks against it.
Not covered: the licence of a single file (fetching/licence.py) and what licences permit (curate/).
"""

from __future__ import annotations

from dataclasses import dataclass

from triton_data.records import Drop
from triton_data.sources.reasons import Reason


@dataclass(frozen=True)
class Facts:
    """One repository as its host describes it."""

    repo: str  # owner/name
    id: int
    node: str
    stars: int
    fork: bool
    disabled: bool
    empty: bool
    licence: str  # SPDX, '' when not recognised
    pushed: str
    clone_url: str
    url: str
    revision: str = ""  # of the default branch, where the host was asked for it


@dataclass(frozen=True)
class Policy:
    min_stars: int = 100
    forks: bool = False
    licences: tuple[str, ...] = ()  # SPDX identifiers; empty: any, and none
    opted_out: frozenset[str] = frozenset()  # owner or owner/name, lower case

    def refuses(self, facts: Facts, named: bool = False) -> Drop | None:
        """`named`: the user typed this very repository, so its stars and being a fork do not matter."""
        owner = facts.repo.partition("/")[0].lower()
        if self.opted_out & {owner, facts.repo.lower()}:
            return Drop(Reason.OPTED_OUT, "named in the opt-out file", facts.repo)
        if facts.disabled:
            return Drop(Reason.DISABLED, "disabled by its host", facts.repo)
        if facts.empty:
            return Drop(Reason.EMPTY, "no commit yet", facts.repo)
        if not named and facts.stars < self.min_stars:
            return Drop(Reason.BELOW_STARS, f"{facts.stars} stars", facts.repo)
        if not named and facts.fork and not self.forks:
            return Drop(Reason.FORK, "", facts.repo)
        if self.licences and facts.licence not in self.licences:
            return Drop(Reason.LICENCE, facts.licence or "none stated", facts.repo)
        return None
