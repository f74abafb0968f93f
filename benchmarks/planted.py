"""Print what curation finds of the planted sets in tests/curate (notices, secrets, opt-outs), and flags of packages.

    python -m benchmarks.planted [FOLDER…]

In: folders of ordinary code, such as site-packages/requests. Out: counts and names. Not covered: disguised problems,
which `pytest tests/curate/test_disguises.py` counts.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.curate import planted_notices, planted_secrets

from triton_data.curate import licences, privacy
from triton_data.formats.repo_names import name_of, plainly
from triton_data.sources.fetching.licence import from_header


def _barred(text: str) -> bool:
    return not licences.allowed(from_header(text) or "MIT", licences.PERMISSIVE)


def main(folders: list[str]) -> None:
    sets = (
        ("notices", planted_notices.BARRED, _barred, True), ("harmless words", planted_notices.FREE, _barred, False),
        ("secrets", planted_secrets.SECRETS, lambda text: bool(privacy.secret(text)), True),
        ("ordinary code", planted_secrets.ORDINARY, lambda text: bool(privacy.secret(text)), False),
    )  # fmt: skip
    for title, texts, finds, wanted in sets:
        wrong = [name for name, text in texts.items() if finds(text) is not wanted]
        print(f"{title}: {len(texts) - len(wrong)} of {len(texts)} right", *wrong, sep="\n  ")
    lost = [
        line
        for line in planted_secrets.OPT_OUTS
        if (name_of(plainly(line.split("#")[0])) or "").lower() != "acme/layers"
    ]
    print(
        f"opt-outs: {len(planted_secrets.OPT_OUTS) - len(lost)} of {len(planted_secrets.OPT_OUTS)}", *lost, sep="\n  "
    )
    files = [path.read_text("utf-8", "replace") for folder in folders for path in sorted(Path(folder).rglob("*.py"))]
    started = time.perf_counter()
    flagged = sum(bool(privacy.secret(text)) for text in files)
    seconds = time.perf_counter() - started
    print(f"{len(files)} files, {sum(map(len, files))} characters: {flagged} with a secret, {seconds:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
