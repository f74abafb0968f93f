"""`git http-backend`, the CGI that comes with git, asked as a web server would ask it.

In: one HTTP request for a bare repository under a root. Out: status, body, headers. Not covered: pushes.
"""

from __future__ import annotations

import gzip
import os
import subprocess
from email.message import Message
from pathlib import Path


def backend(
    root: Path, path: str, query: str, verb: str, asked: Message, body: bytes
) -> tuple[int, bytes, dict[str, str]]:
    if asked.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    env = {
        "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
        "QUERY_STRING": query, "REQUEST_METHOD": verb, "CONTENT_TYPE": asked.get("Content-Type", ""),
        "GIT_PROTOCOL": asked.get("Git-Protocol", ""), "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    done = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=env)
    head, _, rest = done.stdout.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
    return int(headers.pop("Status", "200").split()[0]), rest, headers
