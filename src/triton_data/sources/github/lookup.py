"""What GitHub says of repositories now, in batches: stars, licence, default branch and its commit.

In: node ids (from search) or names (from seeds and code search). Out: facts, or None where the repository is gone.
One GraphQL question serves 50 repositories; it needs a token. Without one, or where a server has no GraphQL, seeds are
asked for one by one, with ETags kept beside the run so that an unchanged repository is a free 304.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from triton_data.records import digest
from triton_data.sources.eligible import Facts
from triton_data.sources.github.api import Api
from triton_data.sources.reasons import Deferred, Reason, Refused

BATCH = 50
FIELDS = """id databaseId nameWithOwner stargazerCount isFork isDisabled isEmpty pushedAt url
 licenseInfo { spdxId } defaultBranchRef { target { oid } }"""
BY_ID = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Repository {{ {FIELDS} }} }} }}"


def by_nodes(api: Api, nodes: Sequence[str]) -> list[Facts | None] | None:
    """In the order asked for; None where nobody can be asked in batches."""
    found: list[Facts | None] = []
    for batch in _batches(nodes):
        answers = _halved(api, batch, _ask_nodes) if api.has_graphql else None
        if answers is None:
            return None
        found += answers
    return found


def by_names(api: Api, names: Sequence[str], memory: Path) -> list[Facts | Refused]:
    found: list[Facts | Refused] = []
    for batch in _batches(names):
        answers = _halved(api, batch, _ask_names) if api.has_graphql else None
        if answers is None:
            found += [_one_by_one(api, name, memory) for name in batch]
        else:
            found += [facts or Refused(Reason.GONE, "no repository of this name") for facts in answers]
    return found


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[at : at + BATCH] for at in range(0, len(values), BATCH))


def _halved(api: Api, batch: Sequence[str], ask: Any) -> list[Facts | None] | None:
    """GitHub answers 502 when a question takes it too long: ask half. None: this server has no GraphQL."""
    try:
        return list(ask(api, batch))
    except Refused as refused:
        if refused.drop.reason == Reason.GONE:
            api.has_graphql = False
            return None
        if refused.drop.reason != Reason.UNREACHABLE or len(batch) == 1:
            raise
    middle = len(batch) // 2
    halves = [_halved(api, half, ask) for half in (batch[:middle], batch[middle:])]
    return None if None in halves else [facts for half in halves for facts in half or ()]


def _ask_nodes(api: Api, ids: Sequence[str]) -> list[Facts | None]:
    data = api.graphql(BY_ID, {"ids": list(ids)})
    return [from_graphql(node) for node in data.get("nodes") or [None] * len(ids)]


def _ask_names(api: Api, names: Sequence[str]) -> list[Facts | None]:
    """Names are variables, never pasted into the question."""
    declared = ", ".join(f"$o{i}: String!, $n{i}: String!" for i in range(len(names)))
    query = " ".join(f"r{i}: repository(owner: $o{i}, name: $n{i}) {{ {FIELDS} }}" for i in range(len(names)))
    variables = {}
    for i, name in enumerate(names):
        variables[f"o{i}"], _, variables[f"n{i}"] = name.partition("/")
    data = api.graphql(f"query({declared}) {{ {query} }}", variables)
    return [from_graphql(data.get(f"r{i}")) for i in range(len(names))]


def _one_by_one(api: Api, name: str, memory: Path) -> Facts | Refused:
    kept = memory / digest("etag", api.base_url, name)
    etag, facts = json.loads(kept.read_text()) if kept.exists() else ("", {})
    try:
        answer = api.get(f"/repos/{name}", etag=etag)
    except Deferred:
        raise
    except Refused as refused:
        return refused
    if answer.status == 304:
        return from_rest(facts)
    memory.mkdir(parents=True, exist_ok=True)
    temporary = kept.with_suffix(".part")
    temporary.write_text(json.dumps([answer.headers.get("etag", ""), answer.data]))
    temporary.replace(kept)
    return from_rest(answer.data)


def from_rest(data: dict[str, Any]) -> Facts:
    return Facts(
        repo=data["full_name"],
        id=data["id"],
        node=data.get("node_id", ""),
        stars=data.get("stargazers_count", 0),
        fork=bool(data.get("fork")),
        disabled=bool(data.get("disabled")),
        empty=data.get("size") == 0 and not data.get("pushed_at"),
        licence=_spdx((data.get("license") or {}).get("spdx_id")),
        pushed=data.get("pushed_at") or "",
        clone_url=data.get("clone_url") or f"{data['html_url']}.git",
        url=data["html_url"],
    )


def from_graphql(node: dict[str, Any] | None) -> Facts | None:
    if not node:
        return None
    target = (node.get("defaultBranchRef") or {}).get("target") or {}
    return Facts(
        repo=node["nameWithOwner"],
        id=node["databaseId"],
        node=node["id"],
        stars=node["stargazerCount"],
        fork=node["isFork"],
        disabled=node["isDisabled"],
        empty=node["isEmpty"] or not target,
        licence=_spdx((node.get("licenseInfo") or {}).get("spdxId")),
        pushed=node.get("pushedAt") or "",
        clone_url=f"{node['url']}.git",
        url=node["url"],
        revision=target.get("oid", ""),
    )


def _spdx(name: str | None) -> str:
    return "" if name in (None, "NOASSERTION", "OTHER") else str(name)
