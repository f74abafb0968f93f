"""The licence of a file, as an SPDX expression: its own header first, then the nearest licence file above it.

In: texts. Out: an identifier such as MIT, or '' when nothing is recognised (never a guess).
Not covered: many licences in one file, and what a licence permits (curate/).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

SPDX_HEADER = re.compile(r"SPDX-License-Identifier:\s*([A-Za-z0-9.+\-() ]+?)\s*(?:\*/|-->|$)", re.MULTILINE)
LICENCE_FILE = re.compile(r"^(licen[cs]e|copying|unlicense)([.\-_].*)?$", re.IGNORECASE)

# Phrases that stand in one licence's text and in no other of this list; the first that fits wins.
_PHRASES = (
    ("Apache-2.0", r"Apache License,?\s+Version 2\.0"),
    ("AGPL-3.0-only", r"GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3"),
    ("LGPL-3.0-only", r"GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3"),
    ("GPL-3.0-only", r"GNU GENERAL PUBLIC LICENSE\s+Version 3"),
    ("GPL-2.0-only", r"GNU GENERAL PUBLIC LICENSE\s+Version 2"),
    ("MPL-2.0", r"Mozilla Public License,?\s+(?:Version|v\.) 2\.0"),
    ("BSD-3-Clause", r"Redistribution and use in source and binary forms[\s\S]*Neither the name"),
    ("BSD-2-Clause", r"Redistribution and use in source and binary forms"),
    ("MIT", r"Permission is hereby granted, free of charge, to any person obtaining a copy"),
    ("ISC", r"Permission to use, copy, modify, and(?:/or)? distribute this software for any purpose"),
    ("Unlicense", r"This is free and unencumbered software released into the public domain"),
    ("CC0-1.0", r"CC0 1\.0 Universal"),
)


def from_header(text: str) -> str:
    found = SPDX_HEADER.search(text[:4000])
    return found.group(1).strip() if found else ""


def from_licence_text(text: str) -> str:
    header = from_header(text)
    if header:
        return header
    for name, phrase in _PHRASES:
        if re.search(phrase, text, re.IGNORECASE):
            return name
    return ""


def is_licence_file(path: str) -> bool:
    return bool(LICENCE_FILE.match(PurePosixPath(path).name))


def of_file(path: str, text: str, licences: Mapping[str, str]) -> str:
    """`licences` maps a folder ('' is the root) to the licence that its licence file states."""
    header = from_header(text)
    if header:
        return header
    folder = PurePosixPath(path).parent
    for above in (folder, *folder.parents):
        name = "" if str(above) == "." else str(above)
        if licences.get(name):
            return licences[name]
    return ""
