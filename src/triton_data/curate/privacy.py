"""What should not be in a dataset whoever wrote it: keys, passwords, people's addresses.

In: a text. Out: flags. Not covered: proof. Names and what looks like nothing in particular are not found; an e-mail
address in a copyright line is one that its owner published, so it is flagged and no more.
"""

from __future__ import annotations

import re

_TOKENS = tuple(  # a piece that is quickly looked for, and what it must be a piece of
    (piece, re.compile(pattern))
    for piece, pattern in (
        ("AKIA", r"AKIA[0-9A-Z]{16}\b"), ("ASIA", r"ASIA[0-9A-Z]{16}\b"), ("gh", r"\bgh[pousr]_[A-Za-z0-9]{36}"),
        ("github_pat_", r"\bgithub_pat_\w{22,}"), ("xox", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
        ("AIza", r"\bAIza[0-9A-Za-z_-]{35}"), ("sk-", r"\bsk-(?:proj-|ant-)?(?=[^\s\"']*\d)[A-Za-z0-9_-]{32,}"),
        ("hf_", r"\bhf_[A-Za-z0-9]{30,}\b"), ("glpat-", r"\bglpat-[\w-]{20}"), ("GOCSPX-", r"\bGOCSPX-[\w-]{20,}"),
        ("-----BEGIN", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"), ("PuTTY", r"\bPuTTY-User-Key-File-\d"),
        ("k_live_", r"\b[sr]k_live_[0-9A-Za-z]{16,}"), ("k_test_", r"\b[sr]k_test_[0-9A-Za-z]{16,}"),
        ("whsec_", r"\bwhsec_[0-9A-Za-z]{24,}"), ("dckr_pat_", r"\bdckr_pat_[\w-]{20,}"),
        ("eyJ", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10,}"), ("npm_", r"\bnpm_[A-Za-z0-9]{36}"),
        ("pypi-AgE", r"\bpypi-AgE[\w-]{30,}"), ("_v1_", r"\bdo[opr]_v1_[0-9a-f]{64}"), ("SK", r"\bSK[0-9a-f]{32}\b"),
        ("key-", r"\bkey-[0-9a-f]{32}\b"), (":AA", r"\b\d{8,10}:AA[\w-]{32,34}\b"),
        ("SG.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
        ("hooks.slack", r"https://hooks\.slack\.com/(?:services|workflows)/[\w/]{20,}"),
        ("/webhooks/", r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}"),
        (".webhook.", r"https://[\w.-]+\.webhook\.office\.com/\S{20,}"),
        ("AccountKey", r"AccountKey=[A-Za-z0-9/+=]{40}"),
        ("://", r"(?<=://)[^\s:/@\"'{}<>$]*:(?!(?i:pass\w*|pwd|secret|token|xxx+|\*+|changeme|user)@)"
                r"(?![^@\s]*[{}<>$])[^\s:/@\"']{3,}@[\w.-]+"),
        ("Bearer ", r"\bBearer (?=[^\s\"']*\d)(?=[^\s\"']*[A-Z])[A-Za-z0-9_./+-]{16,}=*[\"']"),
        ("Basic ", r"\bBasic (?=[^\s\"']*\d)(?=[^\s\"']*[A-Z])[A-Za-z0-9_./+-]{16,}=*[\"']"),
        ("machine ", r"\bmachine \S+ login \S+ password \S+"),
        ("private_key_id", r"[\"']private_key_id[\"']\s*:\s*[\"'][0-9a-f]{40}"),
    )
)  # fmt: skip
_STRONG = (
    r"(?:password|passwd|pwd|passphrase|secret(?:_?key)?|api_?key|auth_?token|access_?token|private_?key|client_?secret"
    r"|session_?token|secret_?access_?key)"
)
_GIVEN = r"[\"']?\]?\s*(?::\s*[\w.]+\s*)?(?::|={1,2})\s*"  # a value for a name: =, ==, {"name": …}, x["name"] = …
_VALUE = re.compile(r"[\"'][^\"'\s]{8,}[\"']")
_BEFORE = 100  # characters
_NAMED = re.compile(rf"(?:(?P<strong>{_STRONG})|token|secret|key|credentials?){_GIVEN}$", re.IGNORECASE)
_DEFAULT = re.compile(rf"(?:getenv|environ\.get)\(\s*[\"']\w*(?:{_STRONG}|token)\w*[\"'],\s*$", re.IGNORECASE)
_OPTION = re.compile(r"[\"']--[\w-]*(?:token|password|secret|key)[\"'][^)\n]*default\s*=\s*$", re.IGNORECASE)
_BLANK = re.compile(  # what stands in place of one
    r"[<$({%*.]|your|my[_-]|example|xxx|change|placeholder|dummy|enter|insert|replace|todo|none|null|secret|pass|token|api"
    r"|key[_-]|test",
    re.IGNORECASE,
)
_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_/+=-]{20,}$")  # as what was drawn at random is
_HEX = re.compile(r"[0-9a-f]{40,}$")
_BARE = re.compile(  # without quotes, as in a comment or a file of settings
    r"(?i:\b(?:password|passwd|pwd|_?authtoken|_?auth_token))=(?:(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])[\w!#%^&*+/-]{12,}"
    r"|[0-9a-f]{32,})(?![\w.(\[])|(?i:aws_?secret_?access_?key)\s*[:=]\s*[A-Za-z0-9/+=]{40}"
)
_HINTS = ("pass", "pwd", "secret", "key", "token", "credential")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.(?!jit\b)[a-z]{2,}\b")
_ADDRESS = re.compile(r"\b(?!0\.|127\.|10\.|192\.168\.)(?:\d{1,3}\.){3}\d{1,3}\b")


def flags(text: str) -> tuple[str, ...]:
    found = []
    if secret(text):
        found.append("secrets")
    if "@" in text and _EMAIL.search(text):
        found.append("email")
    if _ADDRESS.search(text):
        found.append("ip_address")
    return tuple(found)


def secret(text: str) -> str:
    """The first that is found, '' where there is none."""
    for piece, pattern in _TOKENS:
        if piece in text and (match := pattern.search(text)):
            return match[0]
    small = text.lower()
    if not any(hint in small for hint in _HINTS):
        return ""
    for match in _VALUE.finditer(text):
        if _is_secret(match[0][1:-1], text[max(0, match.start() - _BEFORE) : match.start()]):
            return match[0]
    bare = any(hint in small for hint in ("pass", "pwd", "authtoken", "auth_token", "secret")) and _BARE.search(text)
    return bare[0] if bare else ""


def _is_secret(value: str, before: str) -> bool:
    """By the name that it is given to; where that says little, by how it looks as well."""
    if not any(hint in before.lower() for hint in _HINTS):
        return False
    if _DEFAULT.search(before):
        return not _BLANK.match(value)
    if _OPTION.search(before):
        return bool(_MIXED.match(value))
    named = _NAMED.search(before)
    if named and named["strong"]:
        return not _BLANK.match(value)
    return bool(named and (_MIXED.match(value) or _HEX.match(value)))
