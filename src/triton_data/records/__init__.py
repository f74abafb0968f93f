"""The nouns: frozen records, where each came from, and how they become rows."""

from triton_data.records.curation import Decision, Label, Trace
from triton_data.records.origin import Origin, digest
from triton_data.records.records import (
    COMPARED,
    FRAGMENT,
    NO_REFERENCE,
    RECORDS,
    WITH_TRITON,
    Candidate,
    Capture,
    Drop,
    Graph,
    InductorKernel,
    Kernel,
    Outcome,
    Pair,
    Program,
    Record,
    SearchSlice,
    SourceFile,
    Verdict,
)
from triton_data.records.synthesis import Attempt, Sample

__all__ = [
    "COMPARED",
    "FRAGMENT",
    "NO_REFERENCE",
    "RECORDS",
    "WITH_TRITON",
    "Attempt",
    "Candidate",
    "Capture",
    "Decision",
    "Drop",
    "Graph",
    "InductorKernel",
    "Kernel",
    "Label",
    "Origin",
    "Outcome",
    "Pair",
    "Program",
    "Record",
    "Sample",
    "SearchSlice",
    "SourceFile",
    "Trace",
    "Verdict",
    "digest",
]
