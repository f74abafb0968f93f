"""The columns of the Parquet export: KernelBook's names and types, and what it lacks.

In: a row. Out: a dictionary for SCHEMA. Not covered: files and shards (parquet.py).
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from triton_data.export.rows import PAIRS, Row
from triton_data.export.source import required
from triton_data.records import NO_REFERENCE, codec, robustness, speed

_KERNELBOOK = [
    ("entry_point", pa.string()), ("original_triton_code", pa.string()), ("python_code", pa.string()),
    ("triton_code", pa.string()), ("repo_name", pa.string()), ("module_name", pa.string()), ("synthetic", pa.bool_()),
    ("uuid", pa.int64()), ("licenses", pa.list_(pa.string())), ("stars", pa.int64()), ("sha", pa.string()),
    ("repo_link", pa.string()),
]  # fmt: skip
_OURS = [
    ("key", pa.string()), ("kind", pa.string()), ("triton_entry_point", pa.string()), ("source", pa.string()),
    ("path", pa.string()), ("line_start", pa.int64()), ("line_end", pa.int64()), ("licence", pa.string()),
    ("url", pa.string()), ("file_hash", pa.string()), ("generator", pa.string()), ("seed", pa.int64()),
    ("fetched", pa.string()), ("inputs_from", pa.string()), ("jail", pa.list_(pa.string())), ("target", pa.string()),
    ("mode", pa.string()), ("toolchain", pa.string()), ("verified", pa.bool_()), ("verdict_reason", pa.string()),
    ("verdict", pa.string()), ("families", pa.list_(pa.string())), ("difficulty", pa.int64()),
    ("kernels", pa.int64()), ("tokens", pa.int64()), ("tokens_counted_by", pa.string()),
    ("dtypes", pa.list_(pa.string())), ("shape_generic", pa.bool_()), ("training", pa.bool_()),
    *((label, pa.float64()) for label in speed.LABELS), *((label, pa.string()) for label in robustness.LABELS),
    ("flags", pa.list_(pa.string())), ("requires", pa.list_(pa.string())),
    ("cluster", pa.string()), ("split", pa.string()),
    ("launcher", pa.string()), ("kernel_inputs_from", pa.string()), ("reference_from", pa.string()),
    ("called_by", pa.string()), ("missing", pa.string()),
]  # fmt: skip
SCHEMA = pa.schema(_KERNELBOOK + _OURS)


def values(row: Row) -> dict[str, Any]:
    """Unknown is null."""
    return {**_kernelbook(row), **_where(row), **_made(row), **_judged(row), **_by_hand(row)}


def _kernelbook(row: Row) -> dict[str, Any]:
    origin, program = row.origin, row.program
    return {
        "entry_point": program.entry if program else row.name,
        "original_triton_code": row.original or None,
        "python_code": program.text if program else None,
        "triton_code": row.triton,
        "repo_name": origin.repo or None,
        "module_name": program.entry if program else row.name,
        "synthetic": origin.source == "generated",
        "uuid": int(row.key[:15] or "0", 16),  # 60 bits of the key: KernelBook counts its rows in an integer
        "licenses": [origin.licence] if origin.licence else [],
        "stars": origin.stars,
        "sha": origin.revision or None,
        "repo_link": origin.url or None,
    }


def _where(row: Row) -> dict[str, Any]:
    origin = row.origin
    return {
        "key": row.key, "kind": row.kind, "triton_entry_point": row.name if row.kind in PAIRS else None,
        "source": origin.source, "path": origin.path or None, "line_start": origin.line_start,
        "line_end": origin.line_end, "licence": origin.licence or None, "url": origin.url or None,
        "file_hash": origin.file_hash or None, "generator": origin.generator or None, "seed": origin.seed,
        "fetched": origin.time or None, "split": row.split, "cluster": row.cluster or None,
    }  # fmt: skip


def _made(row: Row) -> dict[str, Any]:
    program, capture = row.program, row.capture
    return {
        "requires": required(f"{program.text if program else ''}\n{row.triton}", row.pinned),
        "inputs_from": program.inputs_from if program else None,
        "jail": list(program.layers) if program else [],
        "target": capture.target if capture else None,
        "mode": capture.mode if capture else None,
        "toolchain": json.dumps(dict(capture.toolchain), sort_keys=True) if capture else None,
    }


def _by_hand(row: Row) -> dict[str, Any]:
    """How far a hand-written kernel got."""
    kernel = row.kernel
    return {
        "launcher": kernel.launcher or None if kernel else None,
        "kernel_inputs_from": kernel.inputs_from or None if kernel else None,
        "reference_from": kernel.reference_from or None if kernel else None,
        "called_by": kernel.called_by or None if kernel else None,
        "missing": kernel.missing or None if kernel else None,
    }


def _judged(row: Row) -> dict[str, Any]:
    verdict, label = row.verdict, row.label
    columns: dict[str, Any] = {
        "verified": verdict.passed if verdict and verdict.reason != NO_REFERENCE else None,
        "verdict_reason": verdict.reason if verdict else None,
        "verdict": json.dumps(codec.to_json(verdict), sort_keys=True) if verdict else None,
        **speed.labels(verdict.checks if verdict else ()),
        **robustness.labels(verdict.checks if verdict else ()),
    }
    if label is None:
        return columns
    return columns | {
        "families": list(label.families), "difficulty": label.difficulty, "kernels": label.kernels,
        "tokens": label.tokens, "tokens_counted_by": label.counted_by, "dtypes": list(label.dtypes),
        "shape_generic": label.generic, "training": label.training, "flags": list(label.flags),
    }  # fmt: skip
