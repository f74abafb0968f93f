"""The folder of a report: `index.html`, its style and scripts, and the entries in `data/`, a few hundred a file.

In: a run, and what only others know of it. Out: a folder that opens from disk: with file:// there is no fetch(), so
data are scripts that hand over one string. It is gzip as base64, in which no text of the data can mean anything.
Not covered: what is on the page (page.py).
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from triton_data.report import place, row
from triton_data.report.entries import entries
from triton_data.report.evaluation import Evaluation
from triton_data.report.page import Facts, html
from triton_data.report.row import Meaning
from triton_data.report.tally import Tally
from triton_data.store import Store

CHUNK = 200  # entries a file: what is loaded when one of them is opened
SCRIPTS = ("dom.js", "data.js", "python.js", "facets.js", "list.js", "pair.js", "compare.js", "evaluation.js", "app.js")


@dataclass(frozen=True)
class Known:
    """What the page shows and this room cannot know."""

    funnel: Mapping[str, Any]
    advice: Sequence[str]
    meaning: Meaning
    evaluation: Evaluation | None = None


@dataclass(frozen=True)
class Report:
    page: Path
    entries: int
    bytes: int


def write(store: Store, out: Path, known: Known, force: bool = False) -> Report:
    with place.replacing(out, force) as folder:
        (folder / "data").mkdir()
        tally, index = Tally(), Index()
        chunk: list[dict[str, Any]] = []
        for entry in entries(store):
            found = row.facets(entry)
            tally.add(entry, found)
            index.add(row.short(entry), found)
            chunk.append(row.whole(entry, known.meaning))
            if len(chunk) == CHUNK:
                _hand_over(folder, f"{(tally.entries - 1) // CHUNK:03}", chunk)
                chunk = []
        if chunk:
            _hand_over(folder, f"{(tally.entries - 1) // CHUNK:03}", chunk)
        _hand_over(folder, "index", index.to_json())
        if known.evaluation is not None:
            _hand_over(folder, "evaluation", known.evaluation.to_json())
        for name in ("report.css", *SCRIPTS):
            (folder / name).write_bytes((resources.files("triton_data.report") / "assets" / name).read_bytes())
        facts = Facts.of(store, tally, known.funnel, known.advice, known.meaning, known.evaluation, SCRIPTS)
        (folder / "index.html").write_text(html(facts), "utf-8")
        mark = {"made_by": "triton-data report", "run": str(store.run_dir), "entries": tally.entries}
        (folder / place.MARK).write_text(json.dumps(mark) + "\n", "utf-8")
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Report(out / "index.html", tally.entries, size)


class Index:
    """What lists and facets need of every entry: facets as numbers into lists of their values."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, int]] = {name: {} for name in row.FACETS}
        self.rows: list[list[Any]] = []

    def add(self, short: dict[str, Any], found: dict[str, tuple[str, ...]]) -> None:
        codes = []
        for name in row.FACETS:
            known = self.values[name]
            codes.append([known.setdefault(value, len(known)) for value in found[name]])
        self.rows.append([*short.values(), *codes])

    def to_json(self) -> dict[str, Any]:
        columns = ["id", "name", "path", "steps", "tokens", "lines", "cluster"]
        values = {name: list(known) for name, known in self.values.items()}
        return {"chunk": CHUNK, "columns": columns, "facets": values, "rows": self.rows}


def _hand_over(folder: Path, name: str, value: Any) -> None:
    packed = base64.b64encode(gzip.compress(json.dumps(value, separators=(",", ":")).encode(), 6, mtime=0)).decode()
    (folder / "data" / f"{name}.js").write_text(f'report.receive("{name}","{packed}");\n', "ascii")
