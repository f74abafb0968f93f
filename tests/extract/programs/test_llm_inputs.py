"""A language model's inputs: taken only where nothing else works, and only if they then run in the jail."""

import pytest

from tests.extract.forked import extracted, forked
from tests.generate.speaking import server
from triton_data.config import LlmConfig
from triton_data.errors import Misuse
from triton_data.extract.programs.llm_inputs import SYSTEM
from triton_data.extract.programs.programs import Programs
from triton_data.extract.source.find import classes_in
from triton_data.extract.source.module import Module
from triton_data.extract.source.repo import Repo
from triton_data.llm.configured import asking, check
from triton_data.records import Drop, Origin, Program

# nothing in the file says that `table` must hold these two words, one of them made of the other
RIDDLE = """
import torch


class Riddle(torch.nn.Module):
    def __init__(self, table):
        super().__init__()
        key = "".join(sorted(table))
        if hash(key) != hash("bdeginor") or table[key[0]] != 5:
            raise ValueError(table)
        self.weight = torch.nn.Parameter(torch.ones(table["b"]))

    def forward(self, x):
        return x * self.weight
"""
GOOD = """Here you are:
```python
def get_init_inputs():
    return [[dict(zip("bdeginor", range(5, 13)))], {}]

def get_inputs():
    return [torch.randn(2, 5)]

class Riddle: ...
```
"""
WRONG = GOOD.replace("range(5, 13)", "range(6, 14)")


def programs_with_answers(text, *answers):
    with server(*answers) as (url, asked):
        ask = asking(LlmConfig(model="tiny", url=url))
        repo = Repo({"riddle.py": text.encode()})
        programs = Programs(repo, forked, ask)
        module = repo.module("riddle.py")
        assert isinstance(module, Module)
        results = [programs.make(module, found, Origin("dir", path="riddle.py")) for found in classes_in(repo, module)]
    return results, asked


def test_an_answer_that_runs_becomes_a_program():
    [program], asked = programs_with_answers(RIDDLE, GOOD)
    assert isinstance(program, Program)
    assert program.inputs_from == "llm"
    assert asked[0]["messages"][0]["content"] == SYSTEM
    assert "class Riddle" in asked[0]["messages"][1]["content"]
    assert "class Riddle: ..." not in program.text
    assert "get_more_inputs" in program.text  # another batch was tried like any other program's


def test_an_answer_that_does_not_run_is_no_program():
    [drop], asked = programs_with_answers(RIDDLE, WRONG)
    assert isinstance(drop, Drop) and drop.reason == "construct_failed"
    assert len(asked) == 1


@pytest.mark.parametrize("answer", ["I cannot help with that.", "```python\ndef get_inputs(): return []\n```"])
def test_an_answer_without_code_says_so_in_the_drop(answer):
    [drop], _ = programs_with_answers(RIDDLE, answer)
    assert isinstance(drop, Drop) and "get_init_inputs" in drop.detail


def test_nobody_is_asked_about_what_is_found_without():
    easy = "import torch\n\n\nclass Easy(torch.nn.Module):\n    def forward(self, x):\n        return x + 1\n"
    [program], asked = programs_with_answers(easy, GOOD)
    assert program.inputs_from == "deduced"
    assert asked == []


def test_a_server_that_is_away_is_left_alone_after_three_questions():
    four = RIDDLE + "".join(f"\n\nclass R{n}(Riddle):\n    pass\n" for n in range(4))
    results, asked = programs_with_answers(four, (401, {}))
    assert [type(result) for result in results] == [Drop] * 5
    assert len(asked) == 3
    assert any("not asked" in result.detail for result in results)


def test_without_a_model_there_is_nobody_to_ask(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert asking(LlmConfig()) is None
    with pytest.raises(Misuse, match="--llm-model"):
        check(LlmConfig(url="http://localhost:1/v1"))
    with pytest.raises(Misuse, match="OPENAI_API_KEY"):
        check(LlmConfig(model="gpt"))
    repo = Repo({"riddle.py": RIDDLE.encode()})
    assert [type(r) for r in extracted(repo, forked)] == [Drop]
