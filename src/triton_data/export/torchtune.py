"""JSON lists as torchtune's datasets read them: text completion, instruct and chat.

In: a run, or rows that are in none. Out: `triton_functions.json` with `{"input": …}` for every Triton text,
`triton_instruct.json` with `{"input", "output"}` and `triton_chat.json` with `{"messages"}` for every pair; in a
curated run the validation and test splits lie beside them (`triton_functions_validation.json`). The same text is
listed once. Not covered: what is worth keeping (curate/).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from triton_data.config import ExportConfig
from triton_data.export.asked import conversation
from triton_data.export.exported import Exported, Tally
from triton_data.export.publish import Staged, staged
from triton_data.export.rows import COMPARED, TRAIN, Row, Selection
from triton_data.export.source import required
from triton_data.formats.prompts import fenced
from triton_data.records import codec

FILE_NAME = "triton_functions.json"
Shape: TypeAlias = Callable[[Row, ExportConfig, Selection], "dict[str, object] | None"]


def text(row: Row, config: ExportConfig, selection: Selection | None = None) -> dict[str, object] | None:
    if row.kind == COMPARED:
        return None  # the same text as the kernel's own, but for the launcher's name
    whole = row.triton.strip("\n")
    shaped: dict[str, object] = {"input": whole if config.plain else fenced(whole)}
    return shaped


def instruct(row: Row, config: ExportConfig, selection: Selection) -> dict[str, object] | None:
    talk = conversation(row, selection)
    return talk and {"input": talk[0][-1]["content"], "output": talk[1]["content"]}


def chat(row: Row, config: ExportConfig, selection: Selection) -> dict[str, object] | None:
    talk = conversation(row, selection)
    return talk and {"messages": [*talk[0], talk[1]]}


SHAPES: dict[str, tuple[str, Shape]] = {
    "torchtune": (FILE_NAME, text),
    "torchtune-instruct": ("triton_instruct.json", instruct),
    "torchtune-chat": ("triton_chat.json", chat),
}


def export_lists(selection: Selection, config: ExportConfig, format_: str) -> Exported:
    name, shape = SHAPES[format_]
    tally = Tally()
    with ExitStack() as stack:
        source = made_of(selection)
        lists = {TRAIN: stack.enter_context(_opened(Path(config.out) / name, config.force, source))}
        for row in selection.rows():
            shaped = shape(row, config, selection)
            if shaped is None or not tally.new(row.triton.strip("\n")):
                continue
            if row.split not in lists:
                place = Path(config.out) / name.replace(".json", f"_{row.split}.json")
                lists[row.split] = stack.enter_context(_opened(place, config.force, source))
            if config.with_metadata:
                shaped["metadata"] = _metadata(row)
            lists[row.split].write(shaped)
            tally.add(row.kind, row.split)
        for each in lists.values():  # of all splits together: texts may change sides
            each.staged.entries = tally.kinds.total()
    return tally.exported(Path(config.out) / name, selection.left_out)


def _metadata(row: Row) -> dict[str, object]:
    needs = required(row.triton, row.pinned)
    return {"name": row.name, "kind": row.kind, "origin": codec.to_json(row.origin), "requires": needs}


def made_of(selection: Selection) -> str:
    return f"the run {selection.store.run_dir.resolve()}"


def export_rows(rows: Iterable[Row], out: Path, config: ExportConfig, source: str) -> Tally:
    """Rows that are in no run, each text once."""
    tally = Tally()
    with _opened(out, config.force, source) as whole:
        for row in rows:
            if tally.new(row.triton.strip("\n")):
                shaped = text(row, config) or {}
                if config.with_metadata:
                    shaped["metadata"] = _metadata(row)
                whole.write(shaped)
                tally.add(row.kind, row.split)
        whole.staged.entries = tally.kinds.total()
    return tally


@dataclass
class JsonList:
    """A JSON list written one entry a line as the entries come. ASCII, so that any text there is survives it."""

    file: IO[str]
    staged: Staged
    empty: bool = True

    def write(self, entry: dict[str, object]) -> None:
        self.file.write(("" if self.empty else ",") + "\n" + json.dumps(entry))
        self.empty = False


@contextmanager
def _opened(place: Path, force: bool, source: str) -> Iterator[JsonList]:
    with staged(place, force, source) as made:
        with made.path.open("w", encoding="utf-8") as file:
            file.write("[")
            yield JsonList(file, made)
            file.write("\n]\n")
