"""What should not be in a dataset whoever wrote it: keys, passwords, people's addresses.

In: a text. Out: flags. Not covered: proof. Names and what looks like nothing in particular are not found; an e-mail
address in a copyright line is one that its owner published, so it is flagged and no more.
"""

from __future__ import annotations

import re

_NAMED = r"(?:password|passwd|pwd|secret(?:_?key)?|api_?key|auth_?token|access_?token|private_?key|client_?secret)"
_SECRETS = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22,}|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bAIza[0-9A-Za-z_-]{35}|\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}|\bhf_[A-Za-z]{34}\b|\bglpat-[\w-]{20}"
    r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----|\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,}"
    r"|\bwhsec_[0-9A-Za-z]{24,}"
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10,}|\bnpm_[A-Za-z0-9]{36}|\bpypi-AgE[\w-]{30,}"
    r"|https://hooks\.slack\.com/(?:services|workflows)/[\w/]{20,}"
    r"|https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}"
    r"|https://[\w.-]+\.webhook\.office\.com/\S{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|(?i:aws_?secret_?access_?key)[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9/+=]{40}"
    rf"|(?i:{_NAMED})[\"']?\]?\s*[:=]\s*[\"'](?!<|\$|{{|%|your|example|xxx|\*\*)[^\"'\s]{{8,}}[\"']"
    r"|\b[a-z][a-z0-9+.-]*://[^\s:/@\"'{}<>$]+:(?![^@\s]*[{}<>$])[^\s:/@\"']{3,}@[\w.-]+"
)
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.(?!jit\b)[a-z]{2,}\b")
_ADDRESS = re.compile(r"\b(?!0\.|127\.|10\.|192\.168\.)(?:\d{1,3}\.){3}\d{1,3}\b")


def flags(text: str) -> tuple[str, ...]:
    found = []
    if _SECRETS.search(text):
        found.append("secrets")
    if "@" in text and _EMAIL.search(text):
        found.append("email")
    if _ADDRESS.search(text):
        found.append("ip_address")
    return tuple(found)
