"""axe-core from npm, which finds what people who cannot see, or not well, would stumble over.

In: npm and a registry. Out: its script. `python -m tests.report.axe` installs it and says what is wrong where that
fails.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.npm import NotInstalled, install

LOCK = Path(__file__).parent / "npm"


def script() -> str:
    return (install(LOCK) / "node_modules/axe-core/axe.min.js").read_text("utf-8")


if __name__ == "__main__":
    try:
        print(f"axe-core for tests: {len(script())} characters")
    except NotInstalled as missing:
        sys.exit(f"axe-core for tests: {missing}; tests that need it will be skipped")
