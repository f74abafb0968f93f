"""Why a file, a class or a kernel did not become a record. A missing package is `needs:<package>` instead."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    SYNTAX = "syntax"  # CPython 3 cannot parse it: Python 2, templates, merge markers
    ENCODING = "encoding"  # no text in any encoding it declares
    UNRESOLVED = "unresolved"  # a name that nothing in the repository binds
    MODULE_VALUE = "module_as_value"  # a module of the repository is passed around as an object
    TOO_DEEP = "too_deep"  # nesting beyond the recursion limit
    TOO_LARGE = "too_large"  # the file, or the standalone file, is larger than anyone reads
    NESTED = "nested"  # a class inside a function, whose variables it captures
    ABSTRACT = "abstract"  # no forward of its own or of a base: not meant to be called
    NO_INPUTS = "no_inputs"  # nothing says how to construct or call it, and the search found nothing
    IMPORT_FAILED = "import_failed"  # the standalone file raises when executed
    CONSTRUCT_FAILED = "construct_failed"
    FORWARD_FAILED = "forward_failed"
    NO_TENSOR = "no_tensor"  # it runs, but no tensor comes out
    NOT_FINITE = "not_finite"
    NEEDS_GPU = "needs_gpu"  # its forward launches GPU kernels and has no other path
    TIMEOUT = "timeout"
    WORKER_DIED = "worker_died"
    DUPLICATE = "duplicate"  # the same standalone text was already found elsewhere in this repository


def needs(package: str) -> str:
    return f"needs:{package}"
