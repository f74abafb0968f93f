"""What a file's own header says of its licence in words, where it has no SPDX line.

In: the text of a header. Out: SPDX identifiers, all that hold: GPL, LGPL, AGPL and MPL notices, Creative Commons,
non-commercial and proprietary wording, "All rights reserved" where nothing is granted beside it.
Not covered: whole licence texts (licence.py) and what the words mean before a court: what forbids, counts.
"""

from __future__ import annotations

import re

from triton_data.sources.fetching.named_licences import named
from triton_data.sources.fetching.restrictions import RESERVED, closed, not_sold

NON_COMMERCIAL, PROPRIETARY = "LicenseRef-NonCommercial", "LicenseRef-Proprietary"
_GNU = re.compile(r"GNU (?P<kind>Affero |Lesser |Library )?General Public Licen[cs]e(?P<rest>.{0,260})", re.IGNORECASE)
_SHORT = re.compile(
    r"\b(?P<kind>A|L)?GPL[- ]?v?(?P<version>2\.1|[23])(?:\.0)?\b(?P<later>\+| or later)?", re.IGNORECASE
)
_ABBREVIATED = re.compile(
    r"(?:\bGNU |licen[cs]e\w*\W{1,8}(?:under (?:the )?)?(?:terms of the )?)(?P<kind>A|L)?GPL\b(?P<rest>.{0,40})",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\bv(?:ersion)?\.?\s*(2\.1|[23])|either version (2\.1|[23])", re.IGNORECASE)
_KINDS = {"affero": "AGPL", "lesser": "LGPL", "library": "LGPL", "a": "AGPL", "l": "LGPL", "": "GPL"}
_CC = re.compile(
    r"creativecommons\.org/licen[cs]es/by(?P<link>(?:-(?:nc|sa|nd))*)(?:/(?P<u>[1-4]\.0))?"
    r"|\bCC[-_ ]BY(?P<short>(?:[-_ ](?:NC|SA|ND))*)(?:[-_ ](?P<v>[1-4]\.0))?\b"
    r"|Creative Commons Attribution(?P<long>(?:[- ,]*(?:Non-?Commercial|Share-?Alike|No-?Deriv\w*))*)"
    r"(?:\s*(?:International\s*)?(?P<w>[1-4]\.0))?",
    re.IGNORECASE,
)
_PARTS = (("NC", ("nc", "noncommercial")), ("ND", ("nd", "noderiv")), ("SA", ("sa", "sharealike")))
_MPL = re.compile(r"Mozilla Public Licen[cs]e|\bMPL[- ]?2\.0\b", re.IGNORECASE)
_GRANTED = re.compile(
    r"licen[cs]ed under|under the terms|licen[cs]e (?:found|that can be found|file)"
    r"|see (?:the )?(?:accompanying )?LICEN[CS]E"
    r"|redistribution and use|permission is hereby|permission to use|SPDX-License|\b(?:MIT|BSD|Apache|ISC)\b",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"(?P<kept>(?P<q>\"{3}|'{3})[\s\S]*?(?:(?P=q)|\Z)|\#[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|//[^\n]*"
    r"|(?:licen[cs]e|copyright)\w*[\"']?\]?\s*[=:][^\n]*)"
    r"|(?<![A-Za-z0-9])[rbfuRBFU]{0,2}(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')",
    re.IGNORECASE,
)
_DOCUMENTED = re.compile(r"^[ \t]*#.*$|(?<=\S)[ \t]+\#.*$|^[ \t]*(?P<q>\"{3}|'{3})[\s\S]*?(?:(?P=q)|\Z)", re.MULTILINE)


def prose(text: str, start: int) -> str:
    """Without strings that are values; from `start` on comments and docstrings alone."""
    head = _PROSE.sub(lambda match: match["kept"] or '""', text[:start])
    return head + "\n".join(match[0] for match in _DOCUMENTED.finditer(text, start))


def noticed(header: str) -> list[str]:
    text = re.sub(r"(?<!:)//+|[\s#*]+|(?<!\S)/+", " ", header)
    small = text.lower()
    found = [*_gnu(text), *_creative_commons(text), *named(text, small)]
    if _MPL.search(text):
        found.append("MPL-2.0")
    if not_sold(text, small) and not any("NC" in each or "Noncommercial" in each for each in found):
        found.append(NON_COMMERCIAL)
    if closed(text, small) or (RESERVED.search(text) and not found and not _GRANTED.search(text)):
        found.append(PROPRIETARY)
    return list(dict.fromkeys(found))


def _gnu(text: str) -> list[str]:
    found = []
    for match in _GNU.finditer(text):
        version = _VERSION.search(match["rest"])
        number = (version[1] or version[2]) if version else "3"
        later = "later" in match["rest"]
        found.append(_gnu_name((match["kind"] or "").strip().lower(), number, later))
        if len(found) == 1 and version:  # the notice names itself twice more, without its version
            return found
    for match in _ABBREVIATED.finditer(text):
        version = _VERSION.search(match["rest"]) or re.match(r"[- ]?v?()(2\.1|[23])", match["rest"])
        found.append(_gnu_name((match["kind"] or "").lower(), version[1] or version[2] if version else "3", False))
    found += [_gnu_name((m["kind"] or "").lower(), m["version"], bool(m["later"])) for m in _SHORT.finditer(text)]
    return found


def _gnu_name(kind: str, version: str, later: bool) -> str:
    number = version if "." in version else f"{version}.0"
    return f"{_KINDS[kind]}-{number}-{'or-later' if later else 'only'}"


def _creative_commons(text: str) -> list[str]:
    found = []
    for match in _CC.finditer(text):
        words = (match["short"] or match["long"] or match["link"] or "").lower().replace("-", "")
        parts = [name for name, told in _PARTS if any(word in words for word in told)]
        found.append("-".join(["CC-BY", *parts, match["v"] or match["w"] or match["u"] or "4.0"]))
    return found
