"""How much a server is asked at once: what it shows that it can bear, and what its operator allows a minute.

In: how each request ended. Out: leave for the next one. Additive up, halved when the server says that it is busy, once
for all requests that were under way then. What the clock says does not matter, only how much of it passes. Not
covered: what a refusal means (refusals.py).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

FIRST = 4.0
MINUTE = 60.0
LOOK = 0.05  # seconds until a waiting request looks again


class Window:
    """So much in every minute, whichever minute."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.clock = most, clock
        self.taken: deque[tuple[float, int]] = deque()
        self.sum = 0

    def wait(self, amount: int) -> float:
        """Seconds until there is room; what is larger than the whole goes when nothing else went."""
        now = self.clock()
        while self.taken and self.taken[0][0] <= now - MINUTE:
            self.sum -= self.taken.popleft()[1]
        if not self.most or not self.taken or self.sum + amount <= self.most:
            return 0.0
        return max(self.taken[0][0] + MINUTE - now, 0.001)

    def take(self, amount: int) -> None:
        if self.most:
            self.taken.append((self.clock(), amount))
            self.sum += amount


class Gate:
    """Of one provider and model."""

    def __init__(self, most: int, requests_a_minute: int = 0, tokens_a_minute: int = 0,
                 clock: Callable[[], float] = time.monotonic) -> None:  # fmt: skip
        self.most, self.clock = most, clock
        self.limit = min(FIRST, float(most))
        self.flying = 0
        self.resume = 0.0  # on the clock: nothing is sent before
        self.halved = -1.0  # when
        self.requests = Window(requests_a_minute, clock)
        self.tokens = Window(tokens_a_minute, clock)
        self.stopping: Callable[[], bool] = lambda: False  # then nobody waits for leave, and nobody has it
        self.door = asyncio.Lock()  # who waits longest goes first, and only that one looks at the clock

    @asynccontextmanager
    async def place(self, tokens: int) -> AsyncIterator[float]:
        """Yields when it began, for `busy`."""
        async with self.door:
            while not self.stopping() and (wait := self._wait(tokens)) > 0:
                await asyncio.sleep(min(wait, LOOK))
            self.flying += 1
            self.requests.take(1)
            self.tokens.take(tokens)
        try:
            yield self.clock()
        finally:
            self.flying -= 1

    def _wait(self, tokens: int) -> float:
        if self.flying >= int(self.limit):
            return LOOK
        return max(self.resume - self.clock(), self.requests.wait(1), self.tokens.wait(tokens))

    async def pause(self, seconds: float) -> None:
        end = self.clock() + seconds
        while not self.stopping() and (left := end - self.clock()) > 0:
            await asyncio.sleep(min(left, LOOK))

    def good(self) -> None:
        self.limit = min(self.limit + 1 / self.limit, float(self.most))

    def busy(self, began: float, wait: float) -> None:
        """The server wants less, and nothing at all for `wait` seconds."""
        now = self.clock()
        self.resume = max(self.resume, now + wait)
        if began > self.halved:
            self.limit = max(1.0, self.limit / 2)
            self.halved = now
