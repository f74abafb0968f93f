"""What should not be in a dataset whoever wrote it: keys, passwords, people's addresses.

In: a text. Out: flags. Not covered: proof. Names and what looks like nothing in particular are not found; an e-mail
address in a copyright line is one that its owner published, so it is flagged and no more.
"""

from __future__ import annotations

import re

from triton_data.curate.token_formats import TOKENS

_STRONG = (
    r"(?:password|passwd|pwd|passphrase|passwort|contrase\u00f1a|mot_?de_?passe|senha|secret(?:_?key)?|api_?key|auth_?token"
    r"|access_?token|server_?token|private_?key|client_?secret|session_?token|secret_?access_?key)"
)
# A value for a name: =, ==, :=, {"name": …}, x["name"] = …, field(default=…)
_GIVEN = r"[\"']?\]?\s*(?::\s*[\w.]+\s*)?(?::=?|={1,2})\s*(?:\w+\(\s*default\s*=\s*)?[bBrRuU]{0,2}"
_VALUE = re.compile(r"[\"'][^\"'\s]{8,}[\"']")
_BEFORE, _BESIDE = 100, 120  # characters
_NAMED = re.compile(rf"(?:(?P<strong>{_STRONG})|token|secret|key|credentials?){_GIVEN}$", re.IGNORECASE)
_DEFAULT = re.compile(
    rf"(?:getenv|environ\.get|setdefault|putenv)\(\s*[\"']\w*(?:{_STRONG}|token)\w*[\"'],\s*$", re.IGNORECASE
)
_OPTION = re.compile(r"[\"']--[\w-]*(?:token|password|secret|key)[\"'][^)\n]*default\s*=\s*$", re.IGNORECASE)
_LATER = re.compile(  # a pair, another choice, a name with something behind it: the value must look drawn as well
    rf"{_STRONG}(?:\s*=\s*[\"'][^\"']*[\"'],\s*|\b[^\n]{{0,60}}\bor\s+|_[a-z]{{2,8}}\s*=\s*)$", re.IGNORECASE
)
_CALLED = re.compile(  # beside whose name it is, or where nothing else stands
    r"(?:HTTPBasicAuth|\b\w*auth\s*=\s*|\blogin|\bsimple_bind_s)\(\s*[\"'][^\"'\n]*[\"'],\s*$"
    r"|\b(?:jwt\.(?:en|de)code)\([^\"'\n]*,\s*$|\bFernet\(\s*b?$|\bcohere\.\w*Client\(\s*$|\bfrom_key\(\s*$"
    r"|\bClient\(\s*[\"']AC\w{32}[\"'],\s*$"
)
_DRAWN = re.compile(r"(?=.*\d)(?=.*[a-zA-Z])\S{10,}$")
_MADE_UP = re.compile(r"(?i)example(?!\.[a-z])|x{6,}|\*{4,}|dummy|placeholder|your[_-]")  # what pages show
_BLANK = re.compile(  # what stands in place of one
    r"[<$({%*.]|your|my[_-]|example|xxx|change|placeholder|dummy|enter|insert|replace|todo|none|null|secret|pass|token|api"
    r"|key[_-]|test",
    re.IGNORECASE,
)
_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_/+=-]{20,}$")  # as what was drawn at random is
_HEX = re.compile(r"(?:0x)?[0-9a-f]{40,}$|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$")
_BARE = re.compile(  # without quotes, as in a comment or a file of settings
    r"(?i:\b(?:password|passwd|pwd|_?authtoken|_?auth_token))=(?:(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])[\w!#%^&*+/-]{12,}"
    r"|[0-9a-f]{32,})(?![\w.(\[])|(?i:aws_?secret_?access_?key)\s*[:=]\s*[A-Za-z0-9/+=]{40}"
    r"|(?i:password|passwd|pwd|pass)\s*[:=]\s*(?=\S*\d)(?=\S*[A-Z])(?=\S*[!#%^&*$])(?!\$)[\w!#%^&*$+/-]{10,}"
    r"|(?i:_(?:api_?key|token|secret))=(?:[0-9a-f]{32,}|(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])[A-Za-z0-9]{24,})(?![\w.(\[])"
    r"|\bsshpass\s+-p\s*'?[^\s'$]{8,}|\bcurl\b[^\n]*\s-u\s+\w+:(?!\$)[^\s\"':{]{8,}|\becho\s+[^\s$]{8,}\s*\|\s*sudo\s+-S"
    r"|\bmysql\w*\s[^\n]*\s-p(?=\w*\d)\w{8,}|(?i::_password|\"auth\"\s*:|\bpassword:)\s*[=\"]?\s*\"?(?=\S*\d)(?=\S*[A-Z])[A-Za-z0-9+/]{16,}=*"
)
_IN_THE_OPEN = re.compile('pass(?:word|wd| ?[=:])|pwd|sshpass|auth_?token|secret|_key=|_token=|sudo|mysql|curl|"auth"')
_HINTS = ("pass", "pwd", "secret", "key", "token", "credential")
_BESIDE_ONE = (*_HINTS, "auth", "login", "client(", "fernet", "curl", "mysql", "contrase", "from_key")
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
    for pieces, pattern in TOKENS:
        match = pattern.search(text) if any(piece in text for piece in pieces) else None
        if match and not _MADE_UP.search(match[0]):
            return match[0]
    small = text.lower()
    if not any(hint in small for hint in _BESIDE_ONE):
        return ""
    for match in _VALUE.finditer(text):
        if _is_secret(match[0][1:-1], text[max(0, match.start() - _BEFORE) : match.start()]):
            return match[0]
    return _in_the_open(text, small)


def _in_the_open(text: str, small: str) -> str:
    """Without quotes: looked for only around words that go with one."""
    seen = 0
    for hint in _IN_THE_OPEN.finditer(small):
        if hint.end() > seen:
            found = _BARE.search(text, max(0, hint.start() - _BESIDE), hint.end() + _BESIDE)
            if found:
                return found[0]
            seen = hint.end() + _BESIDE // 2
    return ""


def _is_secret(value: str, before: str) -> bool:
    """By the name that it is given to; where that says little, by how it looks as well."""
    if _CALLED.search(before):
        return bool(_DRAWN.match(value)) and not _MADE_UP.search(value)
    if not any(hint in before.lower() for hint in _HINTS):
        return False
    if _LATER.search(before):
        return bool(_DRAWN.match(value)) and not _BLANK.match(value)
    if _DEFAULT.search(before):
        return not _BLANK.match(value)
    if _OPTION.search(before):
        return bool(_MIXED.match(value))
    named = _NAMED.search(before)
    if named and named["strong"]:
        return not _BLANK.match(value)
    return bool(named and (_MIXED.match(value) or _HEX.match(value)))
