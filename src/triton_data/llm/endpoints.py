"""Who can be asked: the providers by name, where each one listens, and where its key is looked for.

In: a provider's name, and what was typed besides. Out: an `Endpoint`, or a `Misuse` that says which key or address is
missing. The key is in no repr, no pickle and no environment of a child. Not covered: asking (client.py).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from triton_data.errors import Misuse, closest


@dataclass(frozen=True, slots=True)
class Known:
    url: str
    key_env: str
    model: str  # asked where none is named; '': whatever the server has
    terms: str
    batches: bool = False  # takes files of questions at this endpoint
    limit: str = "max_tokens"  # the protocol's word for how long an answer may be
    seeds: bool = True  # takes `seed`


KNOWN: dict[str, Known] = {
    "openai": Known("https://api.openai.com/v1", "OPENAI_API_KEY", "gpt-4.1-mini",
                    "OpenAI's terms: the output is yours; not for models that compete with OpenAI's",
                    batches=True, limit="max_completion_tokens"),
    "gemini": Known("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY", "gemini-2.5-flash",
                    "Gemini API's terms: Google claims no ownership; not for models that compete with it",
                    seeds=False),
    "local": Known("http://localhost:8000/v1", "LOCAL_API_KEY", "", "those of the model that the server runs"),
    "custom": Known("", "CUSTOM_API_KEY", "", "those of the server that you named"),
}  # fmt: skip
KEYLESS = ("local", "custom")


@dataclass(frozen=True, slots=True)
class Endpoint:
    provider: str
    url: str
    model: str
    key: str = field(repr=False, compare=False)
    known: Known

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("an endpoint holds a key: it crosses to no other process")


def endpoint(provider: str, url: str = "", model: str = "", environment: Mapping[str, str] | None = None,
             keyless: bool = False) -> Endpoint:  # fmt: skip
    """`provider` may also be written provider/model. A variable such as GEMINI_BASE_URL stands for `url`."""
    name, _, named = provider.partition("/")
    if name not in KNOWN:
        raise Misuse(f"unknown provider {name!r}{closest(name, (*KNOWN, 'offline'))}")
    known = KNOWN[name]
    values = os.environ if environment is None else environment
    base = (url or values.get(f"{name.upper()}_BASE_URL") or known.url).rstrip("/")
    if not base:
        raise Misuse(
            "the provider custom has no address: add base_url=http://HOST:PORT/v1 (--base-url), or CUSTOM_BASE_URL"
        )
    if urlsplit(base).scheme not in ("http", "https"):
        raise Misuse(f"the address {base!r} is no http(s) address: give one such as http://localhost:8000/v1")
    key = values.get(known.key_env, "")
    if not key and not keyless and name not in KEYLESS:
        raise Misuse(
            f"no key for {name}: put {known.key_env}=… into .env or the environment,"
            " or try model_name=offline, which needs neither key nor network"
        )
    return Endpoint(name, base, model or named or known.model, key, known)


def environment(*folders: Path) -> dict[str, str]:
    """The environment, and below it what `.env` in these folders says: the first that names a thing wins."""
    values: dict[str, str] = {}
    for folder in folders:
        values = {**read_env(folder / ".env"), **values}
    return {**values, **os.environ}


def read_env(path: Path) -> dict[str, str]:
    """NAME=VALUE a line, with or without `export` and quotes; nothing is put into the environment."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read {path}: {error}") from error
    values = {}
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            values[name.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"') and value.find(value[0], 1) > 0:
        return value[1 : value.find(value[0], 1)]
    return value.partition(" #")[0].rstrip()
