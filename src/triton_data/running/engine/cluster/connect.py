"""A Ray cluster as the engine sees it: nodes, an actor on each, answers. The only module that imports Ray.

In: `""` for a cluster made on this machine for this run, `"auto"` for the one that runs here, `"ray://HOST:PORT"`
or `"HOST:PORT"`. Out: a `Cluster`, or a `Misuse` of one line. Every cluster asks for a token: without, whoever reaches
a port could run code on all machines. Not covered: starting Ray elsewhere (docs/tutorials/ten-machines.md).
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triton_data.errors import MissingExtra, Misuse
from triton_data.running.engine.cluster.node import Node

STORE_BYTES = 256 << 20  # of the object store: what travels is small, and Ray would take 30% of the memory
TOKEN_FILE = Path("~/.ray/auth_token")
OWN = {  # of a cluster made here
    "RAY_memory_monitor_refresh_ms": "0",  # it kills whole nodes of ours; we look at our workers ourselves
    "RAY_worker_niceness": "0",
}


@dataclass(frozen=True)
class Found:
    id: str
    name: str
    address: str
    cpus: int
    gpus: int


class Gone(Exception):
    """No answer will come: the actor has died. `crashed`: while its machine was still there."""

    def __init__(self, why: str, *, crashed: bool) -> None:
        super().__init__(why)
        self.crashed = crashed


class Cluster:
    def __init__(self, ray: Any) -> None:
        self.ray = ray

    def nodes(self) -> dict[str, Found]:
        """Those that have CPUs to lend."""
        found = {}
        for node in self.ray.nodes():
            resources = node["Resources"]
            if node["Alive"] and (cpus := int(resources.get("CPU", 0))):
                name = node.get("NodeName") or node["NodeManagerAddress"]
                gpus = int(resources.get("GPU", 0))
                found[node["NodeID"]] = Found(node["NodeID"], name, node["NodeManagerAddress"], cpus, gpus)
        return found

    def start(self, node: Found, jobs: int, preload: Sequence[str], worker_bytes: int) -> Any:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        options = {
            "num_cpus": min(jobs, node.cpus), "num_gpus": node.gpus, "max_restarts": 0, "max_task_retries": 0,
            "scheduling_strategy": NodeAffinitySchedulingStrategy(node.id, soft=False),
        }  # fmt: skip
        return self.ray.remote(Node).options(**options).remote(jobs, tuple(preload), worker_bytes)

    def ready(self, refs: Sequence[Any], seconds: float) -> list[Any]:
        found, left = self.ray.wait(list(refs), num_returns=1, timeout=seconds, fetch_local=False)
        if found and left:
            found += self.ray.wait(left, num_returns=len(left), timeout=0, fetch_local=False)[0]
        return list(found)

    def get(self, ref: Any) -> bytes:
        """A node's answer, or `Gone`."""
        errors = self.ray.exceptions
        try:
            answer: bytes = self.ray.get(ref)
        except (errors.ActorDiedError, errors.ActorUnavailableError) as error:
            words = str(error)
            crashed = "node has died" not in words and "node was" not in words
            raise Gone(_line(words), crashed=crashed) from error
        except errors.RayTaskError as error:  # an exception of ours, on the node
            raise Gone(_line(str(error)), crashed=True) from error
        except errors.RayError as error:  # an object that was lost with its node
            raise Gone(_line(str(error)), crashed=False) from error
        return answer

    def kill(self, actor: Any) -> None:
        with suppress(ConnectionError):  # then it goes with the job
            self.ray.kill(actor, no_restart=True)

    def close(self) -> None:
        self.ray.shutdown()


def _line(text: str) -> str:
    """What an error of many lines ends with."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"


def connect(address: str, jobs: int = 0) -> Cluster:
    _ask_for_a_token(address)
    try:
        import ray
    except ImportError:
        raise MissingExtra("ray", 'the engine "ray"') from None
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.WARNING, "configure_logging": True}
    if not address:
        options |= {"address": "local", "num_cpus": jobs or os.cpu_count(), "object_store_memory": STORE_BYTES}
        options |= {"dashboard_host": "127.0.0.1", "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    else:
        options["address"] = address
    try:
        ray.init(**options)
    except (ConnectionError, TimeoutError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        where = "on this machine" if address == "auto" else f"at {address or 'this machine'}"
        raise Misuse(
            f"no Ray cluster answers {where} ({_line(str(error))}): see docs/tutorials/ten-machines.md"
        ) from error
    return Cluster(ray)


def _ask_for_a_token(address: str) -> None:
    """Before Ray is imported, which reads these when it is."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if os.environ.setdefault("RAY_AUTH_MODE", "token") != "token":
        raise Misuse("RAY_AUTH_MODE must be token: a cluster without one runs code for whoever reaches it")
    known = (
        os.environ.get("RAY_AUTH_TOKEN") or os.environ.get("RAY_AUTH_TOKEN_PATH") or TOKEN_FILE.expanduser().is_file()
    )
    if not address:
        os.environ.update({name: value for name, value in OWN.items() if name not in os.environ})
        if not known:
            os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    elif not known:
        raise Misuse(
            "no token for the cluster: copy ~/.ray/auth_token from its head, or make one with"
            " `ray get-auth-token --generate` before `ray start`"
        )
