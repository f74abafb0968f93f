"""What a report costs: seconds to write it, its size, and how long a browser takes to show and to search it.

In: a number of pairs. Out: a line a number. The pages are opened from disk in Chromium, as often as --times says, and
the median and the worst are printed: from the address to the first paint; from the list's address to its rows; from
the last letter of a search to the rows that it found; a facet; one pair by its link. Needs Chromium and its driver.

    python benchmarks/report.py --pairs 10000
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from browser import browser, missing
from made_run import make
from triton_data.commands.looking.report import make as write
from triton_data.store import Store

SEARCH = """
const [words, done] = arguments;
const box = document.getElementById("search");
const before = performance.now();
box.value = words;
box.dispatchEvent(new Event("input"));
requestAnimationFrame(() => setTimeout(() => done(performance.now() - before)));
"""
FACET = """
const [done] = arguments;
const before = performance.now();
document.querySelector('[data-facet="family"] input').click();
requestAnimationFrame(() => setTimeout(() => done(performance.now() - before)));
"""
SEEN = """
const [place, wanted, done] = arguments;
const before = performance.now();
location.hash = place;
(function wait() {
  if (document.querySelector(wanted)) requestAnimationFrame(() => done(performance.now() - before));
  else setTimeout(wait, 2);
})();
"""
PAINT = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=9)
    asked = parser.parse_args()
    if why := missing():
        raise SystemExit(why)
    with tempfile.TemporaryDirectory() as place:
        run = make(Path(place) / "run", asked.pairs)
        with Store.read(run) as store:
            before = time.perf_counter()
            report = write(store)
            seconds = time.perf_counter() - before
            some = [str(key) for (key,) in store.db.execute("SELECT key FROM pairs ORDER BY key LIMIT 50")]
        print(f"{report.entries} entries: written in {seconds:.1f} s, {report.bytes / 1e6:.1f} MB")
        with browser() as driver:
            driver.set_script_timeout(60)
            show(driver, report.page.resolve().as_uri(), some, asked.times)


def show(driver: Any, page: str, keys: list[str], times: int) -> None:
    def opened() -> float:
        driver.get("about:blank")
        driver.get(page)
        time.sleep(0.2)
        return float(driver.execute_script(PAINT) or float("nan"))

    said("first paint", opened, times)

    def rows() -> float:
        driver.get("about:blank")
        driver.get(page)
        return float(driver.execute_async_script(SEEN, "#pairs", ".row"))

    said("rows of the list, index included", rows, times)
    words = iter(
        ["softmax", "model12", "owner5/repo5 gelu", "race", "nothing like it", "matmul tanh", "x", "", "file77"]
    )
    said("search", lambda: float(driver.execute_async_script(SEARCH, next(words))), min(times, 9))
    driver.execute_async_script(SEARCH, "")
    said("facet", lambda: float(driver.execute_async_script(FACET)), times)
    some = iter(keys)

    def pair() -> float:
        driver.get("about:blank")
        driver.get(page)
        return float(driver.execute_async_script(SEEN, f"#pair={next(some)}", "#page-entry .code"))

    said("one pair by its link, its file included", pair, times)


def said(what: str, measured: Callable[[], float], times: int) -> None:
    found = [measured() for _ in range(times)]
    print(f"{what}: median {statistics.median(found):.0f} ms, worst {max(found):.0f} ms of {times}")


if __name__ == "__main__":
    main()
