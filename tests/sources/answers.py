"""What the API of the small GitHub answers: search, lookups by id, name and GraphQL, budgets, 301, 304, 404 and 451.

In: one request that hub.py took. Out: its answer, sent. Not covered: archives and git (hub.py), what a repository says
of itself (repos.py).
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from typing import TYPE_CHECKING, Any

from tests.sources.repos import as_graphql, as_rest, fits, page_of

if TYPE_CHECKING:
    from tests.sources.hub import Handler, Hub

Query = dict[str, list[str]]
RESOURCES = {"/search/repositories": "search", "/search/code": "code_search", "/graphql": "graphql"}


def answer(asked: Handler, path: str, query: Query) -> None:
    given = asked.headers.get("Authorization", "")
    if given and given != f"token {asked.hub.token}" and given != f"Bearer {asked.hub.token}":
        asked.json({"message": "Bad credentials"}, 401)
        return
    if path == "/rate_limit":
        asked.json(_budgets(asked.hub))
        return
    budget = _spend(asked.hub, RESOURCES.get(path, "core"))
    if budget.get("X-RateLimit-Remaining") == "-1":
        budget["X-RateLimit-Remaining"] = "0"
        asked.json({"message": "API rate limit exceeded."}, 403, budget)
    elif path == "/search/repositories":
        asked.json(_repositories(asked, query), 200, budget)
    elif path == "/search/code":
        asked.json(_code(asked.hub, query), 200, budget)
    elif path == "/graphql":
        asked.json(_graphql(asked, json.loads(asked.body)), 200, budget)
    else:
        _repository(asked, path, budget)


def _budgets(hub: Hub) -> dict[str, Any]:
    rows = {name: {"limit": 5000, "remaining": left, "reset": 0} for name, left in hub.remaining.items()}
    return {"resources": {"core": {"limit": 60, "remaining": 60, "reset": 0}, **rows}}


def _spend(hub: Hub, resource: str) -> dict[str, str]:
    if resource not in hub.remaining:
        return {}
    with hub.lock:
        hub.remaining[resource] -= 1
        left = hub.remaining[resource]
        if left < 0:
            threading.Timer(hub.reset_in, lambda: hub.remaining.update({resource: 5})).start()
    reset = str(int(time.time() + hub.reset_in))
    return {
        "X-RateLimit-Remaining": str(max(left, -1)),
        "X-RateLimit-Reset": reset,
        "X-RateLimit-Resource": resource,
    }


def _repositories(asked: Handler, query: Query) -> dict[str, Any]:
    found = [repo for repo in asked.hub.repos if fits(repo, query["q"][0])]
    found.sort(key=lambda repo: (-repo.stars, repo.id))
    items = [as_rest(repo, asked.base) for repo in page_of(found, query)]
    return {"total_count": len(found), "incomplete_results": False, "items": items}


def _code(hub: Hub, query: Query) -> dict[str, Any]:
    hits = [repo for repo in hub.repos if any(b"triton" in data for data in repo.files.values())]
    items = [{"path": "k.py", "repository": {"full_name": r.name, "id": r.id}} for r in page_of(hits, query)]
    return {"total_count": len(hits), "incomplete_results": False, "items": items}


def _graphql(asked: Handler, question: dict[str, Any]) -> dict[str, Any]:
    values = question["variables"]
    if "ids" in values:
        by_node = {f"R_{repo.id}": repo for repo in asked.hub.repos}
        return {"data": {"nodes": [as_graphql(by_node.get(i), asked.base) for i in values["ids"]]}}
    count = sum(name.startswith("o") for name in values)
    names = [f"{values[f'o{i}']}/{values[f'n{i}']}" for i in range(count)]
    return {"data": {f"r{i}": as_graphql(asked.hub.find(name), asked.base) for i, name in enumerate(names)}}


def _repository(asked: Handler, path: str, budget: dict[str, str]) -> None:
    by_id = re.match(r"/repositories/(\d+)$", path)
    repo = next((r for r in asked.hub.repos if by_id and r.id == int(by_id[1])), None) if by_id else None
    repo = repo or asked.hub.find(path.removeprefix("/repos/"))
    if repo is None or repo.gone:
        asked.json({"message": "Not Found"}, 404, budget)
    elif repo.blocked:
        asked.json({"message": "Repository access blocked"}, 451, budget)
    elif not by_id and repo.now_name and repo.now_name.lower() != path.removeprefix("/repos/").lower():
        there = f"{asked.base}/repositories/{repo.id}"
        asked.json({"message": "Moved Permanently"}, 301, {**budget, "Location": there})
    else:
        data = as_rest(repo, asked.base, now=True)
        etag = f'"{hashlib.md5(json.dumps(data).encode()).hexdigest()}"'
        if asked.headers.get("If-None-Match") == etag:
            asked.reply(304, b"", {**budget, "ETag": etag})
        else:
            asked.json(data, 200, {**budget, "ETag": etag})
