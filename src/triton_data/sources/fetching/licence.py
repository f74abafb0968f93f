"""The licence of a file, as an SPDX expression: its own header first, then the nearest licence file above it.

In: texts. Out: an expression such as MIT, as `packaging` spells it, or '' when nothing is recognised (never a guess).
Where a folder has several licence files and none of them is plainly named, all of them hold: A AND B.
Not covered: many licences in one file, and what a licence permits (curate/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from triton_data.formats.spdx import joined
from triton_data.sources.fetching.notices import noticed, prose

SPDX_HEADER = re.compile(r"SPDX-License-Identifier:\s*([A-Za-z0-9.+\-() ]+?)\s*(?:\*/|-->|$)", re.MULTILINE)
APACHE_HEADER = re.compile(r"Licensed under the Apache License, Version 2\.0")  # older than SPDX, and everywhere
PLAIN_NAME = re.compile(r"^(licen[cs]e|copying)(\.(txt|md|rst))?$", re.IGNORECASE)
LICENCE_FILE = re.compile(r"^(licen[cs]e|copying|unlicense)([.\-_].*)?$", re.IGNORECASE)
HEADER = 4000  # characters that are read whole; below, what stands in comments
_VERSIONED = re.compile(r"[A-Za-z][A-Za-z0-9.-]*-\d[A-Za-z0-9.]*")
CODE = {
    ".c", ".cc", ".cpp", ".cu", ".go", ".h", ".html", ".ipynb", ".java", ".js", ".json", ".py", ".pyi", ".rs", ".sh",
    ".toml", ".ts", ".yaml", ".yml",
}  # fmt: skip

# Phrases that stand in one licence's text and in no other of this list; the first that fits wins.
_PHRASES = (
    ("Apache-2.0", r"Apache License,?\s+Version 2\.0"),
    ("CC-BY-NC-4.0", r"Creative Commons Attribution-NonCommercial 4\.0"),
    ("CC-BY-SA-4.0", r"Creative Commons Attribution-ShareAlike 4\.0"),
    ("CC-BY-4.0", r"Creative Commons Attribution 4\.0"),
    ("AGPL-3.0-only", r"GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3"),
    ("LGPL-3.0-only", r"GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3"),
    ("LGPL-2.1-only", r"GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1"),
    ("GPL-3.0-only", r"GNU GENERAL PUBLIC LICENSE\s+Version 3"),
    ("GPL-2.0-only", r"GNU GENERAL PUBLIC LICENSE\s+Version 2"),
    ("MPL-2.0", r"Mozilla Public License,?\s+(?:Version|v\.) 2\.0"),
    ("EPL-2.0", r"Eclipse Public License - v 2\.0"),
    ("BSL-1.0", r"Boost Software License - Version 1\.0"),
    ("Zlib", r"This software is provided 'as-is', without any express or implied\s+warranty"),
    ("BSD-3-Clause", r"Redistribution and use in source and binary forms[\s\S]*Neither the name"),
    ("BSD-2-Clause", r"Redistribution and use in source and binary forms"),
    ("MIT", r"Permission is hereby granted, free of charge, to any person obtaining a copy"),
    ("ISC", r"Permission to use, copy, modify, and(?:/or)? distribute this software for any purpose"),
    ("Unlicense", r"This is free and unencumbered software released into the public domain"),
    ("CC0-1.0", r"CC0 1\.0 Universal"),
)


def from_header(text: str) -> str:
    """Its SPDX line; else what it says in words. What is noted beside a permissive line holds as well."""
    head = prose(text, HEADER)
    found = [expression(each) or _unknown(each) for each in SPDX_HEADER.findall(head)]
    if not any(found) and APACHE_HEADER.search(head):
        found.append("Apache-2.0")
    lines = SPDX_HEADER.sub("SPDX-License", head)
    return joined([*found, *noticed(lines)])


def expression(text: str) -> str:
    """In SPDX's own spelling; '' where it is none, such as 'see LICENSE'."""
    try:
        return str(canonicalize_license_expression(text.strip()))
    except InvalidLicenseExpression:
        return ""


def _unknown(identifier: str) -> str:
    """A name with a version that SPDX does not know is some licence all the same."""
    return f"LicenseRef-{identifier.strip()}" if _VERSIONED.fullmatch(identifier.strip()) else ""


def from_licence_text(text: str) -> str:
    found = SPDX_HEADER.search(text[:HEADER])
    if found or APACHE_HEADER.search(text[:HEADER]):
        return expression(found.group(1)) if found else "Apache-2.0"
    for name, phrase in _PHRASES:
        if re.search(phrase, text, re.IGNORECASE):
            return name
    return joined(noticed(text[:HEADER]))


def of_folders(files: Iterable[tuple[str, str]]) -> dict[str, str]:
    """(path, licence that its text is) of licence files: what each folder states; '' is the root."""
    stated: dict[str, dict[str, str]] = {}
    for path, found in files:
        where, name = PurePosixPath(path).parent.as_posix(), PurePosixPath(path).name
        if found:
            stated.setdefault("" if where == "." else where, {})[name] = found
    result = {}
    for folder, names in stated.items():
        plain = {found for name, found in names.items() if PLAIN_NAME.match(name)}
        result[folder] = joined(plain or set(names.values()))
    return result


def is_licence_file(path: str) -> bool:
    """By its name; a module called license.py speaks of licences and is none."""
    name = PurePosixPath(path)
    return bool(LICENCE_FILE.match(name.name)) and name.suffix.lower() not in CODE


def nearest(path: str, licences: Mapping[str, str]) -> str:
    """What the nearest folder above says. `licences` maps a folder ('' is the root) to what its licence file states."""
    folder = PurePosixPath(path).parent
    for above in (folder, *folder.parents):
        name = "" if str(above) == "." else str(above)
        if licences.get(name):
            return licences[name]
    return ""
