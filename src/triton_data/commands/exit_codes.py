"""How a command ends: a result, or one line and an exit status.

2 is a user's mistake, 130 a stop that was asked for, 141 a reader that went away. Everything else that is raised is
a bug and keeps its traceback.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from triton_data.errors import Misuse, Stopped

FULL_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def run_command(command: click.Command, args: Sequence[str] | None = None, name: str | None = None) -> None:
    name = name or command.name or "triton-data"
    try:
        command.main(args=None if args is None else list(args), prog_name=name, standalone_mode=False)
    except Misuse as error:
        _exit(f"{name}: {error}", 2)
    except click.ClickException as error:
        _exit(f"{name}: {error.format_message()} (see --help)".replace("\n", " "), 2)
    except Stopped as stop:
        _exit(f"{name}: {stop}", 130)
    except (click.Abort, KeyboardInterrupt):
        _exit(
            f"{name}: stopped at once; what was committed is kept, and the same command goes on from there",
            130,
        )
    except BrokenPipeError:  # `| head` is not an error
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None
    except OSError as error:
        if isinstance(error, PermissionError) and error.filename:
            _exit(f"{name}: cannot use {error.filename}: {error.strerror}", 2)
        if error.errno not in FULL_DISK:
            raise
        _exit(f"{name}: {error.strerror} ({error.filename}): free some space and run the same command again", 2)


def _exit(line: str, code: int) -> None:
    print(line, file=sys.stderr)
    raise SystemExit(code)
