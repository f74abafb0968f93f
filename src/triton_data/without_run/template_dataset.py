"""The data set in the box: entries from templates whose tests ran and whose pair the judge passed, to train on.

    python -m triton_data.without_run.template_dataset --each 3        # `make datasets`

In: what a ledger of checks knows (benchmarks/templates.py --out fills one, too), and fresh checks for so many entries
of each family as are asked for. Out: {train,validation,test}.parquet, triton_functions.json for torchtune, README.md.
The same ledger gives the same bytes. Not covered: entries that nothing is known of; they are left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.parquet as parquet

from triton_data.formats.prompts import fenced
from triton_data.generate.templates.dataset import SPLITS, chosen, split_of
from triton_data.generate.templates.entry import Entry
from triton_data.generate.templates.families import families
from triton_data.running.progress import Progress
from triton_data.store.beside import beside, put
from triton_data.without_run.templates import Checked, checked, finished

LEDGER = Path("build/datasets/checks.jsonl")
OUT = Path("datasets/templates")
TORCHTUNE = "triton_functions.json"
TEXTS = 1500  # of the torchtune list, so that a clone stays small
SCHEMA = pa.schema(
    [("id", pa.string()), ("python_code", pa.string()), ("triton_code", pa.string()), ("test_code", pa.string()),
     ("operation_type", pa.string()), ("difficulty", pa.string()), ("tags", pa.list_(pa.string())),
     ("family", pa.string()), ("phase", pa.int32()), ("entry", pa.string()), ("tests_passed", pa.int32()),
     ("verified_on", pa.string()), ("protocol", pa.int32()), ("licence", pa.string())]
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    entry: Entry
    checked: Checked


@click.command("template_dataset")
@click.option(
    "--each", type=click.IntRange(min=0), default=0, show_default=True, help="Check so many of each operation."
)
@click.option("--families", "names", help="Only these, by commas.")
@click.option("--ledger", type=click.Path(path_type=Path), default=LEDGER, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=OUT, show_default=True)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--jobs", type=click.IntRange(min=1))
def make(each: int, names: str | None, ledger: Path, out: Path, device: str, jobs: int | None) -> None:
    """Write the data set of what is known to be right."""
    entries = chosen(names=names.split(",") if names else None)
    ledger.parent.mkdir(parents=True, exist_ok=True)
    wanted = first_of_each(entries, each)
    with Progress("checks", len(wanted)) as progress:
        for found in checked(wanted, device, jobs, ledger):
            progress.advance(1, int(found.passed), int(not found.passed))
    kept = passed(entries, finished(ledger))
    write(kept, out)
    click.echo(f"{out}: {len(kept)} of {len(entries)} entries, of {len({k.entry.family for k in kept})} families")


def first_of_each(entries: Iterable[Entry], each: int) -> list[Entry]:
    """So many of each operation of each family."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for entry in entries:
        kind = entry.family, entry.group
        seen[kind] += 1
        if seen[kind] <= each:
            found.append(entry)
    return found


def passed(entries: Iterable[Entry], checks: Iterable[Checked]) -> list[Kept]:
    """Right by its tests and by the judge, on every device that was asked; a GPU's word is the one that is named."""
    known: dict[str, list[Checked]] = {}
    for found in sorted(checks, key=lambda each: each.device, reverse=True):
        if found.verdict == "passed" or not found.passed:  # not those whose tests alone were run
            known.setdefault(found.digest, []).append(found)
    every = ((entry, known.get(entry.digest, [])) for entry in entries)
    return [Kept(entry, found[0]) for entry, found in every if found and all(each.passed for each in found)]


def write(kept: Sequence[Kept], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with beside(out) as folder:
        folder.mkdir()
        for split in SPLITS:
            rows = [_row(each) for each in kept if split_of(each.entry) == split]
            table = pa.Table.from_pylist(rows, SCHEMA)
            parquet.write_table(
                table, folder / f"{split}.parquet", compression="zstd", compression_level=19, row_group_size=1000,
                write_page_index=True,
            )  # fmt: skip
        (folder / TORCHTUNE).write_text(_torchtune(kept), "utf-8")
        (folder / "README.md").write_text(_card(kept), "utf-8")
        put(folder, out)


def _row(kept: Kept) -> dict[str, object]:
    entry, found = kept.entry, kept.checked
    texts = {name: value for name, value in entry.to_json().items() if name != "metadata"}
    return {
        **texts, "operation_type": entry.operation_type, "difficulty": entry.difficulty, "tags": list(entry.tags),
        "family": entry.family, "phase": entry.phase, "entry": entry.entry, "tests_passed": found.tests,
        "verified_on": found.device, "protocol": found.protocol, "licence": "MIT",
    }  # fmt: skip


def _torchtune(kept: Sequence[Kept]) -> str:
    """Distinct texts of the training split, as evenly over the families as the limit needs."""
    texts = list(dict.fromkeys(k.entry.triton_code for k in kept if split_of(k.entry) == SPLITS[0]))
    step = max(1, -(-len(texts) // TEXTS))
    lines = (json.dumps({"input": fenced(text)}) for text in texts[::step])
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _card(kept: Sequence[Kept]) -> str:
    operations = Counter(each.entry.operation_type for each in kept)
    splits = Counter(split_of(each.entry) for each in kept)
    devices = Counter(each.checked.device for each in kept)
    table = "\n".join(f"| {name} | {number} |" for name, number in operations.most_common())
    return CARD.format(
        entries=len(kept), families=len({each.entry.family for each in kept}), all=len(families()),
        splits=", ".join(f"{splits[split]} {split}" for split in SPLITS), torchtune=TORCHTUNE, table=table,
        devices=", ".join(f"{number} on {name}" for name, number in devices.items()),
        protocols=", ".join(sorted({str(each.checked.protocol) for each in kept})),
    )  # fmt: skip


CARD = """---
license: mit
task_categories: [text-generation]
tags: [code, triton, pytorch, gpu-kernels]
configs:
- config_name: default
  data_files:
  - {{split: train, path: train.parquet}}
  - {{split: validation, path: validation.parquet}}
  - {{split: test, path: test.parquet}}
---
# Triton kernels from templates

{entries} entries of {families} kernel families ({all} exist): a PyTorch program, the Triton program that replaces it,
and a pytest. Made by `make datasets` of triton-data; nothing in it is scraped or written by a model. Licence: MIT.

* Each entry's own test ran ({devices}; cpu is an exact interpreter), and the pair passed triton-data's judge,
  protocol {protocols}.
* Splits: {splits}. Variants of one operation that differ in sizes, types and names lie in one split.
* `{torchtune}`: Triton texts of the training split for torchtune's `text_completion_dataset` (`column: input`).
* Sizes are small, so that an interpreter can check them; block sizes vary and are not tuned.

| operation | entries |
|---|---:|
{table}
"""


if __name__ == "__main__":
    make()
