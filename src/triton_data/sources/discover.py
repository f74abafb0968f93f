"""The discover stage: from what people typed to pinned candidates, one small question at a time.

In: search slices, and asks for named repositories and packages. Out: Candidates, smaller SearchSlices that the next
round asks, and Drops. Each question is an item, so discovery resumes like any stage. It runs in one worker: hosts ask
for serial requests. Not covered: fetching files (scrape.py).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from triton_data.config import ScrapeConfig
from triton_data.errors import Misuse
from triton_data.records import Candidate, Drop, SearchSlice
from triton_data.sources import pypi, spec
from triton_data.sources.fetching import git
from triton_data.sources.fetching.git import Git
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.github.token import WITHOUT, find_token
from triton_data.sources.reasons import Deferred, NotNow
from triton_data.sources.spec import Ask
from triton_data.store import Store

if TYPE_CHECKING:
    from triton_data.sources.github.api import Api
    from triton_data.sources.github.search import Search

Question: TypeAlias = Ask | SearchSlice


@dataclass
class DiscoverStage:
    config: ScrapeConfig
    run_dir: Path
    name: str = "discover"
    _search: Search | None = field(default=None, repr=False)

    def todo(self, store: Store) -> Iterator[Question]:
        for ask in spec.asks(self.config):
            if not store.has_outcome(self.name, ask.key):
                yield ask
        roots = spec.searches(self.config, with_code=find_token() is not None)
        keys = {part.key for part in roots}
        for part in roots:
            if not store.has_outcome(self.name, part.key) and not self._enough(store):
                yield part
        for part in store.unfinished(SearchSlice, self.name):
            if part.key not in keys and not self._enough(store):
                yield part

    def count(self, store: Store) -> int:
        return sum(1 for _ in self.todo(store))

    def resources(self) -> AbstractContextManager[object]:
        return nullcontext()

    def check_host(self) -> None:
        """A wrong token is the user's to mend, so it is tried before any item; without one, say what it would buy."""
        if any(source.startswith("github:") for source in self.config.sources):
            token = find_token()
            if token is None:
                print(WITHOUT, file=sys.stderr, flush=True)
            self._api(token).check()

    def work(self, item: Question) -> Iterator[Candidate | SearchSlice | Drop]:
        try:
            if isinstance(item, SearchSlice):
                yield from list(self._searching().slice(item))
            elif item.kind == "github":
                yield from list(self._searching().named(list(item.names), item.typed))
            elif item.kind == "git":
                url, revision = item.names
                yield git.pin(Git(), url, revision)
            else:
                from triton_data.sources.fetching.download import Downloads

                yield pypi.pin(Downloads(self._waits()), *pypi.parse(item.names[0]), self.config.index)
        except NotNow as ended:
            yield ended.drop
        except Misuse as refused:  # a token that stopped working: the next command says so
            yield Deferred(time.time() + 60, str(refused)).drop

    def _enough(self, store: Store) -> bool:
        return 0 < self.config.limit <= store.count(Candidate)

    def _searching(self) -> Search:
        from triton_data.sources.github.search import Search

        if self._search is None:
            memory = self.run_dir / "etags"
            self._search = Search(self._api(find_token()), spec.policy(self.config), memory, self.config.limit)
        return self._search

    def _api(self, token: str | None) -> Api:
        from triton_data.sources.github.api import Api  # PyGithub takes a while to load

        return Api(self.config.base_url, token, self._waits(), self.config.stall)

    def _waits(self) -> Waits:
        return Waits(self.run_dir / "waits", self.config.patience)
