"""One client of GitHub's API: budgets kept, limits obeyed, answers as plain JSON with their headers.

PyGithub carries the requests (base URL, authentication, renames); waiting is ours, because its own retry sleeps
through an exhausted budget, ignores a 429 without Retry-After and cannot put an item off. One object a process,
and one process a run: GitHub asks for serial requests. Not covered: what the answers mean (search.py, lookup.py).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any
from urllib.parse import urlsplit

import requests
from github import Auth, Github

from triton_data import __version__
from triton_data.errors import Misuse
from triton_data.sources.fetching import retry_after
from triton_data.sources.fetching.deadline import within
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.reasons import Deferred, Reason, Refused

ACCEPT = "application/vnd.github.v3+json"  # the answers that search.py and lookup.py were written for
WHOLE = 4  # times the seconds without a byte, for a whole answer
FINAL = {404: Reason.GONE, 409: Reason.EMPTY, 410: Reason.GONE, 451: Reason.BLOCKED}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    data: Any


class Api:
    def __init__(self, base_url: str, token: str | None, waits: Waits, timeout: float = 30.0) -> None:
        self.base_url, self.waits = base_url.rstrip("/"), waits
        self.host = urlsplit(base_url).netloc
        self.has_token = token is not None
        self.has_graphql = self.has_token  # until the server says that it has none
        self._tries = retry_after.TRIES
        self._timeout = max(ceil(timeout), 1)
        self._auth = Auth.Token(token) if token else None
        self._hub = self._client()

    def get(self, path: str, params: Mapping[str, Any] | None = None, etag: str = "", resource: str = "core") -> Answer:
        """The answer, 200 or 304; a limit waits or defers, and what cannot be had is `Refused`."""
        headers = {"If-None-Match": etag} if etag else {}
        return self._ask(resource, "GET", path, dict(params or {}), headers, None)

    def graphql(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """`data` of the answer, whose nodes may be null. 502 means that the question was too large: ask for less."""
        question = {"query": query, "variables": dict(variables)}
        url = self._hub.requester.graphql_url
        refusals = 0
        while True:
            answer = self._ask("graphql", "POST", url, None, {}, question)
            kinds = {error.get("type") for error in answer.data.get("errors", ())}
            if "RATE_LIMITED" not in kinds:  # which comes with status 200
                return dict(answer.data.get("data") or {})
            self._wait("graphql", retry_after.until_reset(answer.headers) or retry_after.FIRST_PAUSE * 2**refusals)
            refusals += 1

    def budgets(self) -> dict[str, dict[str, int]]:
        """What is left a resource; free to ask. Empty where the server has no limits (GHES may not)."""
        try:
            return dict(self._ask("rate_limit", "GET", "/rate_limit", {}, {}, None).data["resources"])
        except Refused as refused:
            if refused.drop.reason != Reason.GONE:
                raise
            return {}

    def check(self) -> dict[str, dict[str, int]]:
        """The budgets, or the user's one line: asked once, before a run has anything to lose by stopping."""
        self._tries = 2
        try:
            budgets = self.budgets()
            if not budgets:  # no limits, or nothing of GitHub at all, and then every search would be "gone"
                self.get("/")
            return budgets
        except (Deferred, Refused) as problem:
            why = problem.drop.detail.partition(": ")[2] if isinstance(problem, Deferred) else problem.drop.detail
            raise Misuse(
                f"cannot ask {self.base_url}: {why}; look at the network, or name another --base-url"
                " (of GHES: https://HOST/api/v3)"
            ) from problem
        finally:
            self._tries = retry_after.TRIES

    def _client(self) -> Github:
        return Github(
            auth=self._auth,
            base_url=self.base_url,
            retry=None,
            timeout=self._timeout,
            per_page=100,
            seconds_between_requests=None if self.host.startswith("127.") else 0.07,  # 900 points a minute
            seconds_between_writes=None,  # GraphQL questions are POSTs, and write nothing
            user_agent=f"triton-data/{__version__}",
        )

    # ---- one request -------------------------------------------------------------------------------------

    def _ask(self, resource: str, verb: str, path: str, params: Any, headers: dict[str, str], body: Any) -> Answer:
        refusals = tries = 0
        while True:
            self.waits.keep(self._name(resource))
            problem = ""
            try:
                answer = self._send(verb, path, params, headers, body)
            except (requests.RequestException, OSError) as error:
                problem = type(error).__name__
            else:
                pause = retry_after.pause_asked(answer.status, answer.headers, _message(answer.data), refusals)
                if pause is not None:
                    refusals += 1
                    self._wait(resource, pause)
                    continue
                self._note_budget(resource, answer)
                if answer.status < 500 or (answer.status == 502 and verb == "POST"):
                    return self._checked(answer, path)
                problem = f"status {answer.status}"
            tries += 1
            if tries >= self._tries:
                raise Deferred(time.time() + retry_after.FIRST_PAUSE * 5, f"{self.host} fails: {problem}")
            time.sleep(retry_after.backoff(tries))

    def _send(self, verb: str, path: str, params: Any, headers: dict[str, str], body: Any) -> Answer:
        sent_headers = {"Accept": ACCEPT, **headers}
        ask = partial(self._hub.requester.requestJson, verb, path, parameters=params, headers=sent_headers, input=body)
        try:
            status, received, text = within(WHOLE * self._timeout, ask)
        except TimeoutError:
            self._hub = self._client()  # the old one still holds a connection on which an answer may drip
            raise
        except (RuntimeError, AssertionError) as error:  # PyGithub: a redirect to another host or scheme
            raise Refused(Reason.REDIRECTED, str(error)[:200]) from error
        try:
            data = json.loads(text) if text else {}
        except ValueError:
            data = {"message": text[:200]}
            status = status if status >= 400 else 502  # a proxy's page, or an answer cut short
        return Answer(status, received, data)

    def _checked(self, answer: Answer, path: str) -> Answer:
        if answer.status in (200, 304):
            return answer
        message = _message(answer.data)
        if answer.status == 401:
            raise Misuse(
                f"{self.host} refuses the GitHub token ({message or 401}): unset GITHUB_TOKEN to go on without one,"
                " or put a valid token in it"
            )
        detail = f"{answer.status} {message} ({path.split('?')[0]})"
        raise Refused(FINAL.get(answer.status, Reason.UNREACHABLE), detail)

    # ---- budgets -----------------------------------------------------------------------------------------

    def _note_budget(self, resource: str, answer: Answer) -> None:
        """Do not spend a request to hear that the budget is spent."""
        if resource != "rate_limit" and answer.headers.get("x-ratelimit-remaining") == "0":
            reset = retry_after.until_reset(answer.headers)
            if reset is not None:
                self.waits.hold(self._name(resource), reset)

    def _wait(self, resource: str, seconds: float) -> None:
        self.waits.hold(self._name(resource), seconds)
        self.waits.keep(self._name(resource), "asked us to slow down")

    def _name(self, resource: str) -> str:
        return f"{self.host} {resource}"


def _message(data: Any) -> str:
    return str(data.get("message", "")) if isinstance(data, dict) else ""
