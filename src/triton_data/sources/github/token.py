"""The user's GitHub token: from GITHUB_TOKEN, else from `gh auth token`.

Read anew by each process that needs it and kept in memory only: it enters no record, log, pickle or command line.
Not covered: GitHub Apps and tokens for the git protocol (public repositories need none).
"""

from __future__ import annotations

import os
import subprocess

WITHOUT = (
    "no GitHub token: 60 requests an hour and 10 searches a minute, no code search, stars as search told them;"
    " a token (GITHUB_TOKEN, or `gh auth login`; no scopes needed) gives 5,000, 30 and both"
)


def find_token() -> str | None:
    token = os.environ.get("GITHUB_TOKEN", "").strip()
    if token:
        return token
    try:
        done = subprocess.run(["gh", "auth", "token"], capture_output=True, text=True, timeout=10, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
