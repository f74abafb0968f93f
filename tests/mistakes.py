"""A user's mistake, made in this process: what the command line says of it, which must be one line and status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from triton_data.cli import main


def mistake(words: list[str], place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.chdir(place)
    with pytest.raises(SystemExit) as end:
        main(words)
    said = capsys.readouterr().err
    assert end.value.code == 2 and said.count("\n") == 1, said
    return said
