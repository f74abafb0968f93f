"""The jail that extraction opens: what is slow to import is loaded once, where a zygote survives it."""

import pytest

from triton_data.extract import stage
from triton_data.extract.probe_client import JailProbe
from triton_data.extract.wire import CheckProgram

THREADED = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"


@pytest.mark.slow  # starts three zygotes
@pytest.mark.parametrize(("text", "loaded"), [("", True), (THREADED, False)])
def test_a_library_that_no_fork_survives_is_left_to_each_class(tmp_path, monkeypatch, text, loaded):
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)  # the jail's children are nobody, where root runs the tests
    (tmp_path / "slow_to_import.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(stage, "SLOW_TO_IMPORT", ("slow_to_import", "absent_library"))
    program = "import sys\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n"
    program += "        return x * ('slow_to_import' in sys.modules)\n\n\ndef get_inputs():\n    return [1]\n"
    with stage.open_jail(roots=[tmp_path]) as jail:
        assert ("slow_to_import" in jail.preload) == loaded
        reply = JailProbe(jail)(CheckProgram(program, "Net"))
    assert reply.answer.error == "no tensor", "it runs either way"
