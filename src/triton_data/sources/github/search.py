"""One slice of a search: the repositories it finds, pinned, or the smaller slices it has to be cut into.

In: a slice. Out: Candidates, SearchSlices, and Drops for repositories that are not wanted.
With a token every hit is looked up again in batches, which pins the commit and shows stars lost and names changed
since the index was made. Not covered: files; whether a slice was asked before (the store knows).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from triton_data.records import Candidate, Drop, Origin, SearchSlice
from triton_data.sources.eligible import Facts, Policy
from triton_data.sources.github import lookup, slices
from triton_data.sources.github.api import Api
from triton_data.sources.reasons import Reason, Refused

PAGE = 100
ASKED_AGAIN = 3  # times, where search says that it timed out

Found = Candidate | SearchSlice | Drop


@dataclass
class Search:
    api: Api
    policy: Policy
    memory: Path  # for ETags
    limit: int = 0  # repositories wanted in all; 0: every one

    def slice(self, part: SearchSlice, today: date | None = None) -> Iterator[Found]:
        first = self._page(part, 1)
        enough = min(self.limit or slices.MOST, slices.MOST)
        smaller = slices.cut(part, today or datetime.now(UTC).date()) if first["total_count"] > enough else []
        if smaller and not 0 < self.limit <= slices.MOST:
            yield from smaller
            return
        if first["total_count"] > slices.MOST and not smaller:
            yield Drop(Reason.OVER_1000, f"{first['total_count']} results", slices.text(part))
        items = list(first["items"])
        page = 2
        while len(items) < min(first["total_count"], enough):
            more = self._page(part, page)["items"]
            if not more:
                break
            items += more
            page += 1
        if first.get("incomplete_results"):
            yield Drop(Reason.INCOMPLETE, f"{len(items)} results came", slices.text(part))
        yield from self._code(items) if part.kind == "code" else self._repositories(items)

    def named(self, names: list[str], typed: bool) -> Iterator[Found]:
        """Seeds: a repository that is gone is a Drop, never an error."""
        for name, answer in zip(names, lookup.by_names(self.api, names, self.memory), strict=True):
            if isinstance(answer, Refused):
                yield Drop(answer.drop.reason, answer.drop.detail, name)
            else:
                yield self._judged(answer, typed)

    def _page(self, part: SearchSlice, number: int) -> dict[str, Any]:
        params: dict[str, Any] = {"q": slices.text(part), "per_page": PAGE, "page": number}
        if part.kind == "repositories":
            params |= {"sort": "stars", "order": "desc"}
        resource = "search" if part.kind == "repositories" else "code_search"
        for _ in range(ASKED_AGAIN):
            answer: dict[str, Any] = self.api.get(f"/search/{part.kind}", params, resource=resource).data
            if not answer.get("incomplete_results"):
                break
        return answer

    def _repositories(self, items: list[dict[str, Any]]) -> Iterator[Found]:
        hits = [lookup.from_rest(item) for item in items]
        wanted = [facts for facts in hits if self.policy.refuses(facts) is None]
        yield from (drop for facts in hits if (drop := self.policy.refuses(facts)))
        now = lookup.by_nodes(self.api, [facts.node for facts in wanted])
        if now is None:
            yield from (self._candidate(facts) for facts in wanted)
            return
        for before, facts in zip(wanted, now, strict=True):
            yield self._judged(facts) if facts else Drop(Reason.GONE, "since it was indexed", before.repo)

    def _code(self, items: list[dict[str, Any]]) -> Iterator[Found]:
        """Hits are files: each repository once. What code search says of it has no stars and no licence."""
        names = list(dict.fromkeys(item["repository"]["full_name"] for item in items))
        yield from self.named(names, typed=False)

    def _judged(self, facts: Facts, typed: bool = False) -> Found:
        return self.policy.refuses(facts, typed) or self._candidate(facts)

    def _candidate(self, facts: Facts) -> Candidate:
        origin = Origin(
            source="github",
            repo=facts.repo,
            repo_id=facts.id,
            revision=facts.revision,
            licence=facts.licence,
            stars=facts.stars,
            url=facts.url,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        return Candidate(self.api.host, facts.clone_url, "", facts.pushed, origin)
