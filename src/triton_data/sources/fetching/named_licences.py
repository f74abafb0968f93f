"""Licences that a notice names in words, beside GNU's, Mozilla's and Creative Commons': a row each.

In: nothing. Out: (SPDX identifier, pattern). Where SPDX has none it is LicenseRef. None of them is permissive.
Not covered: versions; the one that is named is the usual one.
"""

from __future__ import annotations

import re

NAMED = tuple(
    (name, re.compile(words, re.IGNORECASE))
    for name, words in (
        ("EPL-2.0", r"Eclipse Public Licen[cs]e"), ("EUPL-1.2", r"\bEUPL\b|European Union Public Licen[cs]e"),
        ("CDDL-1.0", r"Common Development and Distribution Licen[cs]e"), ("OSL-3.0", r"\bOpen Software Licen[cs]e"),
        ("BUSL-1.1", r"Business Source Licen[cs]e"), ("SSPL-1.0", r"Server[- ]Side Public Licen[cs]e|\bSSPL\b"),
        ("Elastic-2.0", r"\bElastic Licen[cs]e"), ("PolyForm-Noncommercial-1.0.0", r"PolyForm[- ]Non-?commercial"),
        ("CECILL-2.1", r"\bCeCILL\b"), ("GFDL-1.3-only", r"GNU Free Documentation Licen[cs]e|\bGFDL\b"),
        ("Artistic-2.0", r"\bArtistic Licen[cs]e"), ("MS-RL", r"Microsoft Reciprocal Licen[cs]e"),
        ("ODbL-1.0", r"Open Database Licen[cs]e|\bODbL\b"), ("Parity-7.0.0", r"Parity Public Licen[cs]e"),
        ("GPL-3.0-only", r"Licencia Pública General(?! Reducida)|Licence publique générale"),
        ("LicenseRef-PolyForm", r"PolyForm (?!Non-?commercial)\w+ (?:\w+ )?Licen[cs]e"),
        ("LicenseRef-Commons-Clause", r"Commons Clause"),
        ("LicenseRef-RAIL", r"\b(?-i:Open ?RAIL)|CreativeML|\bRAIL Licen[cs]e"),
        ("LicenseRef-Hippocratic", r"Hippocratic Licen[cs]e"), ("LicenseRef-Gemma", r"Gemma Terms of Use"),
        ("LicenseRef-Community", r"\bCommunity Licen[cs]e"), ("LicenseRef-Prosperity", r"Prosperity Public Licen[cs]e"),
        ("LicenseRef-Functional-Source", r"Functional Source Licen[cs]e|Fair Source Licen[cs]e"),
        ("LicenseRef-Research", r"(?-i:\bResearch\b) (?:\w+ )?Licen[cs]e|NVIDIA Source Code Licen[cs]e|\bMSR-LA\b"),
        ("LicenseRef-Model", r"Qianwen Licen[cs]e|\b(?-i:[A-Z])[\w.-]+ Model Licen[cs]e|Qwen Licen[cs]e"),
    )
)  # fmt: skip
_HAVE = (
    "licen", "commons clause", "eupl", "sspl", "cecill", "gfdl", "odbl", "rail", "creativeml", "terms of use", "msr-la",
)  # fmt: skip


def named(text: str, small: str) -> list[str]:
    """`small` is the text in small letters: where none of a few words stands in it, no name does."""
    if not any(word in small for word in _HAVE):
        return []
    return [name for name, words in NAMED if words.search(text)]
