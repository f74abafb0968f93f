"""The words around a program when a model is asked for its Triton form. One place, so that training, reward and
evaluation ask in the same words.

In: a program's text and entry. Out: prompts and fenced answers. Not covered: how a model's own template wraps them.
"""

from __future__ import annotations

SYSTEM = (
    "You are an AI assistant who helps software engineers write triton kernels which is a type of gpu kernel written "
    "in python."
)
TASK = (
    "Rewrite the PyTorch program below with Triton kernels. Keep its interface: the new class or function is called "
    "{new} and takes what {entry} takes. Answer with one Python program.\n\n{program}"
)


def ask(entry: str, program: str, new: str = "") -> str:
    """`new` is what the answer defines, where there is one already."""
    return TASK.format(new=new or f"{entry}New", entry=entry, program=fenced(program))


def fenced(text: str) -> str:
    """A fence longer than any that the text holds."""
    longest = max((len(line) - len(line.lstrip("`")) for line in text.splitlines()), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{text.strip(chr(10))}\n{fence}"


def messages(entry: str, program: str, new: str = "") -> list[dict[str, str]]:
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": ask(entry, program, new)}]
