"""Absolute imports between folders of one repository, with and without `__init__.py`."""

import pytest

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.source.repo import InRepo, Repo
from triton_data.records import Drop

USER = "def f(x):\n    return {}(x)\n"
GATE = "def gate(x):\n    return x + 40\n"


def repo(**paths):
    return Repo({path: text.encode() for path, text in paths.items()})


def answer(files, at):
    result = close(repo(**files), [(at, "f")])
    assert isinstance(result, Closed), result
    namespace = {"__name__": "alone"}
    exec(result.text, namespace)
    assert "import" not in result.text
    return namespace["f"](2)


@pytest.mark.parametrize(
    ("statement", "call"),
    [
        ("from nsp.beta.ops import gate", "gate"),
        ("from nsp.beta import ops", "ops.gate"),
        ("from nsp import beta\nimport nsp.beta.ops", "beta.ops.gate"),
        ("import nsp.beta.ops", "nsp.beta.ops.gate"),
        ("import nsp.beta.ops as ops", "ops.gate"),
        ("from nsp.beta.ops import *", "gate"),
    ],
)
@pytest.mark.parametrize("root", ["", "src/", "work/python/"])
@pytest.mark.parametrize("user", ["{root}nsp/alpha/blocks.py", "use.py", "tests/test_blocks.py"])
def test_folders_without_init_are_packages(statement, call, root, user):
    at = user.format(root=root)
    files = {f"{root}nsp/beta/ops.py": GATE, at: f"{statement}\n\n\n{USER.format(call)}"}
    assert answer(files, at) == 42


def test_a_script_folder_is_found_from_the_scripts_below_it():
    files = {
        "train/lib/ops.py": GATE,
        "train/runs/first.py": f"from lib.ops import gate\n\n\n{USER.format('gate')}",
    }
    assert answer(files, "train/runs/first.py") == 42


def test_each_project_of_a_repository_has_its_own_models():
    other = {"a/models/__init__.py": "", "a/models/net.py": "def gate(x):\n    return -1\n"}
    user = f"from models.net import gate\n\n\n{USER.format('gate')}"
    files = {**other, "b/models/net.py": GATE, "b/train.py": user, "b/runs/first.py": user}
    assert answer(files, "b/train.py") == 42
    assert answer(files, "b/runs/first.py") == 42


def test_among_other_folders_a_real_package_comes_first():
    files = repo(**{"old/nsp/ops.py": "", "src/nsp/__init__.py": "", "src/nsp/ops.py": "", "use/x.py": ""})
    assert files.find_module("nsp.ops", "use/x.py") == InRepo("src/nsp/ops.py")


@pytest.mark.parametrize("folder", ["torch", "benchmarks/torch", "csrc/torch/nn"])
def test_an_installed_package_comes_before_a_folder_of_its_name(folder):
    user = "import torch\nimport torch.nn as nn\nfrom torch.nn import functional\n\n\n"
    user += "def f(x):\n    return functional.relu(nn.Identity()(torch.tensor(x))).item() + 40\n"
    files = {f"{folder}/functional.py": "", f"{folder}/speed.py": "", "benchmarks/use.py": user}
    result = close(repo(**files), [("benchmarks/use.py", "f")])
    assert isinstance(result, Closed), result
    namespace = {"__name__": "alone"}
    exec(result.text, namespace)
    assert namespace["f"](2) == 42


@pytest.mark.parametrize("statement", ["import absent", "from absent import Base", "import absent.core"])
def test_a_folder_named_like_an_absent_package_does_not_stand_for_it(statement):
    base = "Base" if "from" in statement else f"{statement.split()[1]}.Base"
    files = {"benchmarks/absent/speed.py": "", "net.py": f"{statement}\n\n\nclass f({base}):\n    pass\n"}
    result = close(repo(**files), [("net.py", "f")])
    assert isinstance(result, Drop) and result.reason == "needs:absent"


def test_a_folder_inside_a_package_is_not_on_the_path():
    files = repo(**{"pkg/__init__.py": "", "pkg/absent/__init__.py": "", "pkg/bare/x.py": "", "use.py": ""})
    assert files.find_module("absent", "use.py") is None
    assert files.find_module("pkg.bare.x", "use.py") == InRepo("pkg/bare/x.py")


def test_a_folder_without_python_is_no_package():
    files = repo(**{"absent/weights.json": "{}", "use.py": ""})
    assert files.find_module("absent", "use.py") is None
