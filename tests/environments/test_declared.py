"""What repositories state, in every file that states it; and nothing of it is run."""

import pytest

from triton_data.environments.declared import declared

CASES = {
    "METADATA": ("Requires-Dist: einops>=0.6\nRequires-Dist: ruff; extra == 'dev'\n\nText", "einops>=0.6", "ruff"),
    "PKG-INFO": ("Name: x\nRequires-Dist: timm\nRequires-Dist: wexpect; sys_platform == 'win32'\n", "timm", "wexpect"),
    "pyproject.toml": (
        '[project]\ndependencies = ["einops", "tqdm>=4"]\n[project.optional-dependencies]\ndev = ["ruff"]\n',
        "einops tqdm>=4",
        "ruff",
    ),
    "setup.cfg": (
        "[options]\ninstall_requires =\n    einops\n    timm>=0.9\n[options.extras_require]\ndev =\n    ruff\n",
        "einops timm>=0.9",
        "ruff",
    ),
    "setup.py": (
        "from setuptools import setup\nNEEDED = ['einops']\nraise SystemExit('never run')\n"
        "setup(install_requires=NEEDED + [], extras_require={'dev': ['ruff']})\n",
        "einops",
        "ruff",
    ),
    "requirements.txt": (
        "# needed\neinops==0.6  # old\n-r other.txt\ngit+https://h/x.git\n./local\n\ntimm --hash=sha256:0\n",
        "einops==0.6 timm",
        "",
    ),
    "requirements-dev.txt": ("ruff\n", "", "ruff"),
}  # fmt: skip


@pytest.mark.parametrize("path", CASES)
def test_each_file_is_read(path: str) -> None:
    text, needed, optional = CASES[path]
    found = declared({path: text.encode()})
    if path == "setup.py":  # a sum of a name and a list is more than a literal
        found = declared({path: text.replace("NEEDED + []", "NEEDED").encode()})
    assert [str(each).partition(";")[0] for each in found.needed] == needed.split()
    assert [each.name for each in found.optional] == optional.split()


def test_poetry_has_words_of_its_own() -> None:
    text = '[tool.poetry.dependencies]\npython = "^3.9"\neinops = "^0.6"\ntimm = {version = "*", optional = true}\n'
    found = declared({"pyproject.toml": text.encode()})
    assert [str(each) for each in found.needed] == ["einops>=0.6"]
    assert [each.name for each in found.optional] == ["timm"]


@pytest.mark.parametrize(
    "text", [b"[project", b"\xff\xfe\x00", b"[options]\ninstall_requires", b"def f(:", b"(" * 5000]
)
@pytest.mark.parametrize("path", ["pyproject.toml", "setup.cfg", "setup.py", "METADATA"])
def test_what_its_own_tool_could_not_read_states_nothing(path: str, text: bytes) -> None:
    assert declared({path: text}).needed == ()


def test_the_nearest_to_the_root_wins_and_the_deep_do_not_speak() -> None:
    files = {
        "a/b/c/requirements.txt": b"far\n",
        "sub/requirements.txt": b"einops<0.5\n",
        "requirements.txt": b"einops\n",
    }
    assert [str(each) for each in declared(files).needed] == ["einops"]
