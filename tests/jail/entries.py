"""Functions that tests call in the jail by name."""

from __future__ import annotations

import threading
import time
from typing import Any

import torch

WARMED: list[int] = []


def double(payload: dict[str, Any]) -> tuple[dict[str, Any], list[torch.Tensor]]:
    return {"twice": payload["number"] * 2, "warmed": len(WARMED)}, [torch.full((2,), float(payload["number"]))]


def import_late(payload: None) -> list[str]:
    """Modules that the zygote has not loaded: the interpreter and torch must stay readable."""
    import sqlite3
    import xml.dom.minidom

    import torch.distributions.wishart

    return [module.__name__ for module in (sqlite3, xml.dom.minidom, torch.distributions.wishart)]


def warm() -> None:
    WARMED.append(1)


def warm_and_leave_a_thread() -> None:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
