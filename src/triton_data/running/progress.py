"""Progress of one stage on stderr: a tqdm bar on a terminal, a plain line now and then elsewhere.

Shows items done, rate, ETA, and the live yield: records made and drops so far.
"""

from __future__ import annotations

import sys
import time

from tqdm import tqdm

EVERY_SECONDS = 15.0  # between plain lines, where stderr is not a terminal


class Progress:
    def __init__(self, name: str, total: int) -> None:
        self.name, self.total = name, total
        self.done = self.records = self.drops = self._said = 0
        self._started = self._printed = time.monotonic()
        terminal = sys.stderr.isatty()
        self._bar = tqdm(total=total, desc=name, unit="item", file=sys.stderr, dynamic_ncols=True) if terminal else None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self.done and self.done != self._said:
            self._line()

    def advance(self, items: int, records: int, drops: int) -> None:
        self.done, self.records, self.drops = self.done + items, self.records + records, self.drops + drops
        if self._bar is not None:
            self._bar.set_postfix_str(self.words(), refresh=False)
            self._bar.update(items)
        elif time.monotonic() - self._printed >= EVERY_SECONDS:
            self._line()

    def words(self) -> str:
        """The yield; a stage that has more to say says it here."""
        return f"{self.records} records, {self.drops} drops"

    def _line(self) -> None:
        self._printed, self._said = time.monotonic(), self.done
        passed = self._printed - self._started
        left = max(self.total - self.done, 0) * passed / self.done
        eta = f", about {left:.0f} s left" if left >= 1 else ""
        print(
            f"{self.name}: {self.done} of {self.total} items in {passed:.1f} s, {self.words()}{eta}",
            file=sys.stderr,
            flush=True,
        )
