"""Programs of the size that people benchmark with enter a run on a machine that could not hold them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from triton_data.extract.probe_client import JailProbe
from triton_data.extract.programs.given import WARM
from triton_data.extract.programs.large import FAKE, SMALL, checked_at_some_size
from triton_data.extract.stage import ENVIRONMENT, PRELOAD
from triton_data.jail import Jail
from triton_data.records import Drop, Origin, Program

PRODUCT = """import torch
import torch.nn as nn


class Model(nn.Module):
    def forward(self, a, b):
        return torch.relu(a @ b)


def get_inputs():
    return [torch.rand(65536, 32768), torch.rand(32768, 65536)]


def get_init_inputs():
    return []
"""
WIDE = PRODUCT.replace(
    "torch.rand(65536, 32768), torch.rand(32768, 65536)", "torch.rand(40000, 4), torch.rand(4, 40000)"
)
COMPUTED = PRODUCT.replace("65536", "int('131072')").replace("32768", "int('65536')")
SMALL_ONE = PRODUCT.replace("65536", "16").replace("32768", "8")


@pytest.fixture(scope="module")
def probe() -> Iterator[JailProbe]:
    with Jail(PRELOAD, warm=WARM, env=ENVIRONMENT) as jail:
        yield JailProbe(jail)


def tried(text: str, probe: JailProbe) -> Program | Drop:
    return checked_at_some_size(Program("Model", text, "given", Origin("given")), probe)


@pytest.mark.parametrize(
    ("text", "flags"), [(SMALL_ONE, ()), (PRODUCT, (SMALL,)), (WIDE, (SMALL,)), (COMPUTED, (FAKE,))], ids=range(4)
)
def test_each_size_comes_in_as_it_was_given(text: str, flags: tuple[str, ...], probe: JailProbe) -> None:
    found = tried(text, probe)
    assert isinstance(found, Program), found
    assert (found.text, found.flags) == (text, flags) and found.layers


@pytest.mark.parametrize("text", [PRODUCT, SMALL_ONE], ids=["large", "small"])
def test_size_excuses_nothing_else(text: str, probe: JailProbe) -> None:
    for wrong in (text.replace("a @ b", "a @ missing"), text.replace("torch.relu(a @ b)", "None")):
        assert isinstance(tried(wrong, probe), Drop)


@pytest.mark.slow
def test_a_folder_of_them(tmp_path: Path) -> None:
    from triton_data.config import Config, ScrapeConfig
    from triton_data.pipeline import execute
    from triton_data.records import Pair
    from triton_data.store import Store

    (tmp_path / "problems").mkdir()
    (tmp_path / "problems" / "large.py").write_text(PRODUCT)
    config = Config(run_dir=str(tmp_path / "run"), scrape=ScrapeConfig((f"given:{tmp_path / 'problems'}",)))
    execute(config, ("given", "capture", "rewrite"))
    with Store.read(tmp_path / "run") as store:
        (program,) = store.records(Program, "inputs_from = 'given'")
        assert program.flags == (SMALL,)
        assert [pair.entry for pair in store.records(Pair) if pair.program == program.key] == ["ModelNew"]
