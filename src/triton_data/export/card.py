"""What tells a stranger what is in an exported folder: README.md (people, the hub), croissant.json, statistics.json.

In: the folder as it was filled, its Tally, the run. Out: three files in it. Nothing in them depends on the day or the
place. Not covered: what a dataset is good for; that is for who publishes it to add.
"""

from __future__ import annotations

import hashlib
import html
import json
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import triton_data
from triton_data.export.exported import Tally
from triton_data.export.rows import SPLITS, Selection
from triton_data.store import CURATED_WITH

_LIMITS = (
    "What a compiler made (`rewritten`, `inductor`) was made for fixed shapes, unless `shape_generic` says otherwise.",
    "A text without a verdict was not verified: `verified` is null, not true. So it is for a kernel alone that was run "
    "and found clean (`no_reference`): nothing says what it should compute.",
    "Licences are those that files and repositories state. Unknown is null, never a guess.",
)
# Of the identifiers that the hub takes in a card, those that are SPDX's in small letters.
_ON_THE_HUB = frozenset((
    "0bsd", "afl-3.0", "apache-2.0", "artistic-2.0", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "bsl-1.0",
    "cc-by-4.0", "cc0-1.0", "ecl-2.0", "epl-2.0", "isc", "lppl-1.3c", "mit", "mpl-2.0", "ms-pl", "ncsa", "ofl-1.1",
    "osl-3.0", "postgresql", "unlicense", "wtfpl", "zlib",
))  # fmt: skip


def write_card(folder: Path, format_: str, selection: Selection, tally: Tally, command: str) -> None:
    settings = curation(selection)
    statistics = {
        "format": format_, "curated_with": settings,
        "entries": tally.kinds.total(), "by_kind": dict(sorted(tally.kinds.items())),
        "by_split": dict(sorted(tally.splits.items())), "left_out": dict(sorted(selection.left_out.items())),
        **_of_shipped(tally),
    }  # fmt: skip
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    _dump(folder / "statistics.json", statistics)
    _dump(folder / "croissant.json", _croissant(folder, files, statistics))
    (folder / "README.md").write_text(_readme(folder, files, statistics, command), "utf-8")


def curation(selection: Selection) -> dict[str, Any]:
    """What the newest decisions were made with; empty where there are none, or where everything is exported."""
    text = selection.store.meta(CURATED_WITH)
    if selection.everything or not selection.round or not text:
        return {}
    settings: dict[str, Any] = json.loads(text)
    settings["benchmarks"] = [Path(each).name for each in settings["benchmarks"]]  # where they lie is this machine's
    return settings | {"opt_out": Path(settings["opt_out"]).name}


def _curated(settings: dict[str, Any]) -> str:
    if not settings:
        return "Not curated, or exported without regard to it."
    return "Curated with " + ", ".join(f"`{name}` = {json.dumps(value)}" for name, value in settings.items()) + "."


def _searched(settings: dict[str, Any]) -> list[str]:
    """Only what was looked for is claimed."""
    dedup, benchmarks = settings.get("dedup", "off"), settings.get("decontaminate", "off")
    graphs = " and traced graph" if settings.get("trace") else ""
    said = "Copies were not looked for." if dedup == "off" else f"Copies are found by structure{graphs} (`{dedup}`)."
    if benchmarks == "off":
        return [said, "Problems of benchmarks were not looked for."]
    fate = "left out" if benchmarks == "drop" else "flagged"
    found = f"Problems of benchmarks are found by text, structure{graphs}, and {fate}; one that was written anew with "
    return [said, f"{found}other operators is not found."]


def _dump(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + "\n", "utf-8")


def _of_shipped(tally: Tally) -> dict[str, Any]:
    return {
        "licences": dict(tally.licences.most_common()), "sources": dict(tally.sources.most_common()),
        "families": dict(tally.families.most_common()), "difficulty": dict(sorted(tally.difficulty.items())),
        "verified": dict(sorted(tally.verified.items())), "triton_tokens": tally.tokens,
    }  # fmt: skip


def _configs(folder: Path, files: list[Path]) -> dict[str, dict[str, str]]:
    """Table to split to glob, from where the files lie: `data/train-00000.parquet`, `text/train.jsonl`."""
    tables: dict[str, dict[str, str]] = {}
    for path in files:
        where = path.relative_to(folder)
        split = next((name for name in SPLITS if where.name.startswith(name)), "")
        if split and path.suffix in (".parquet", ".jsonl"):
            pattern = (where.parent / f"{split}*{path.suffix}").as_posix()
            tables.setdefault("default" if str(where.parent) == "data" else where.parent.name, {})[split] = pattern
    return tables


def _readme(folder: Path, files: list[Path], statistics: dict[str, Any], command: str) -> str:
    lines = [
        "---",
        "pretty_name: PyTorch and Triton programs",
        "language: [code]",
        "task_categories: [text-generation]",
    ]
    lines += ["tags: [triton, pytorch, gpu-kernels]", f"license: {_licence(statistics['licences'])}"]
    tables = _configs(folder, files)
    if tables:
        lines.append("configs:")
    for name, splits in sorted(tables.items()):
        # `datasets` caches a table by its folder and by this entry: rows that it has not seen need one it has not seen.
        content = _content(sorted(path for each in splits.values() for path in folder.glob(each)))
        lines += [f"- config_name: {name}", f"  description: content {content}", "  data_files:"]
        lines += [f"  - {{split: {split}, path: {json.dumps(splits[split])}}}" for split in SPLITS if split in splits]
    lines += ["---", "", "# PyTorch and Triton programs", ""]
    lines += ["Made by triton-data with", "", f"    {command}", ""]
    versions = ", ".join(f"{name} {version}" for name, version in _versions().items())
    lines += [f"Versions: {versions}.", "", _curated(statistics["curated_with"]), ""]
    for title in ("by_kind", "by_split", "licences", "sources", "verified", "families", "difficulty", "left_out"):
        lines += [*_table(title.replace("_", " "), statistics[title]), ""]
    lines += [f"Triton tokens: {statistics['triton_tokens']}.", "", "## Known limits", ""]
    lines += [f"* {limit}" for limit in (*_LIMITS, *_searched(statistics["curated_with"]))]
    return "\n".join(lines) + "\n"


def _content(paths: Iterable[Path]) -> str:
    return hashlib.sha256("\0".join(f"{path.name} {_sha256(path)}" for path in paths).encode()).hexdigest()[:16]


def _table(title: str, values: dict[str, int]) -> list[str]:
    rows = [f"| {_cell(name)} | {number} |" for name, number in values.items()]
    return [f"| {title} | entries |", "|---|---|", *rows]


def _cell(text: str) -> str:
    """Names come from anywhere: none ends its cell, its row or its table."""
    return html.escape(" ".join(text.split()), quote=False).replace("|", "\\|")


def _licence(licences: dict[str, int]) -> str:
    """The hub's field takes one identifier of its own list; all else is `other`, and the table says which."""
    only = next(iter(licences)).lower() if len(licences) == 1 else ""
    return only if only in _ON_THE_HUB else "other"


def _versions() -> dict[str, str]:
    found = {"triton-data": triton_data.__version__, "Python": platform.python_version()}
    for name in ("torch", "triton", "pyarrow"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _croissant(folder: Path, files: list[Path], statistics: dict[str, Any]) -> dict[str, Any]:
    """https://docs.mlcommons.org/croissant/: the dataset, its files with their hashes."""
    context = {
        "@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/", "sc": "https://schema.org/",
        "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo", "fileObject": "cr:fileObject",
    }  # fmt: skip
    formats = {".parquet": "application/x-parquet", ".jsonl": "application/jsonlines", ".json": "application/json"}
    objects = [
        {
            "@type": "cr:FileObject", "@id": path.relative_to(folder).as_posix(), "name": path.name,
            "contentUrl": path.relative_to(folder).as_posix(), "contentSize": f"{path.stat().st_size} B",
            "encodingFormat": formats.get(path.suffix, "text/x-python"), "sha256": _sha256(path),
        }
        for path in files
    ]  # fmt: skip
    return {
        "@context": context, "@type": "sc:Dataset", "name": "pytorch-triton",
        "conformsTo": "http://mlcommons.org/croissant/1.0", "version": triton_data.__version__,
        "description": f"{statistics['entries']} PyTorch and Triton programs with their origin.",
        "license": sorted(statistics["licences"]), "distribution": objects,
    }  # fmt: skip


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
