"""Imports, met with what is declared."""

import pytest

from triton_data.environments.wanted import imported, wanted


def test_only_what_is_imported_and_not_here_is_asked_for() -> None:
    files = {
        "pkg/__init__.py": b"",
        "pkg/model.py": b"import os, torch\nfrom einops_exts import x\nfrom pkg import other\nfrom .x import y\n",
        "pkg/more.py": b"import helpers\n",
        "helpers.py": b"",
        "tests/test_model.py": b"import hypothesis_zz\n",
        "requirements.txt": b"einops-exts>=0.0\nwandb\n",
    }
    assert imported(files) == ["einops_exts", "torch"]
    assert wanted(files).requirements == ("einops-exts>=0.0",)


def test_a_module_that_has_another_name_than_its_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triton_data.environments.wanted._present", lambda module: False)  # whatever is installed here
    asked = wanted({"a.py": b"import cv2\nfrom sklearn.base import x\n", "requirements.txt": b"opencv-python\n"})
    assert asked.requirements == ("opencv-python-headless", "scikit-learn")


def test_a_name_that_nothing_tells_of_is_not_guessed() -> None:
    asked = wanted({"a.py": b"import utils_of_mine_zz\n"})
    assert (asked.requirements, asked.unknown) == ((), ("utils_of_mine_zz",))


def test_an_open_import_brings_in_what_is_declared_under_an_unknown_name() -> None:
    asked = wanted({"a.py": b"import odd_zz\n", "requirements.txt": b"strange-name-zz\n"})
    assert asked.requirements == ("strange-name-zz",)


def test_what_is_built_for_another_torch_is_refused() -> None:
    asked = wanted({"a.py": b"import flash_attn, apex\n", "requirements.txt": b"flash-attn\n"})
    assert (asked.requirements, asked.refused) == ((), ("apex", "flash_attn"))


def test_a_user_may_refuse_more() -> None:
    assert wanted({"a.py": b"import einops_exts\n"}, ("einops-exts",)).refused == ("einops_exts",)


def test_an_extra_gives_the_version_of_what_is_imported() -> None:
    metadata = b"Name: x\nRequires-Dist: einops_exts<9; extra == 'models'\n"
    assert wanted({"a.py": b"import einops_exts\n", "METADATA": metadata}).requirements == ("einops_exts<9",)
