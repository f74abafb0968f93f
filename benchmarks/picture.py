"""The picture of a report that README shows: one pair of the quickstart, side by side, with its verdict.

In: a run whose report is made, and what to open in it. Out: a PNG of some 200 kB at most. Needs Chromium and its
driver, and selenium.

    triton-data run examples/quickstart.toml
    python benchmarks/picture.py --run-dir runs/quickstart --out docs/report.png
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from pathlib import Path

from browser import browser, missing

WIDTH, HEIGHT = 1360, 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run-dir", type=Path, default=Path("runs/quickstart"))
    parser.add_argument("--entry", default="RMSNormNew")
    parser.add_argument("--out", type=Path, default=Path("docs/report.png"))
    asked = parser.parse_args()
    if why := missing():
        raise SystemExit(why)
    page = (asked.run_dir / "report/index.html").resolve()
    if not page.is_file():
        raise SystemExit(f"no report in {asked.run_dir}: triton-data report --run-dir {asked.run_dir}")
    with sqlite3.connect(f"file:{asked.run_dir / 'run.db'}?mode=ro", uri=True) as run:
        found = run.execute("SELECT key FROM pairs WHERE entry = ?", (asked.entry,)).fetchone()
    if found is None:
        raise SystemExit(f"no pair {asked.entry!r} in {asked.run_dir}: triton-data show --run-dir {asked.run_dir}")
    with browser(WIDTH, HEIGHT) as driver:
        driver.get(f"{page.as_uri()}#pair={found[0]}")
        deadline = time.monotonic() + 30
        while not driver.execute_script("return document.querySelector('#page-entry .code') !== null"):
            if time.monotonic() > deadline:
                raise SystemExit("the pair's page did not open")
            time.sleep(0.05)
        driver.save_screenshot(str(asked.out))
    print(f"{asked.out}: {asked.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
