"""`test_synthetic_model(path)`: one file, validated as the generator does it.

In: a program's path. Out: True or False, and one line that says why. Its code runs in the jail.
"""

from __future__ import annotations

from pathlib import Path

from triton_data.errors import Misuse


def test_synthetic_model(path: str | Path, validate: str = "compile") -> bool:
    """Form, eager twice, finite, not degenerate, no benchmark's problem, and torch.compile's compiler."""
    from triton_data.generate.llm_modules import form
    from triton_data.generate.llm_modules.validation import run_eager
    from triton_data.pipeline.synthesis.compiling import StageCompiler
    from triton_data.pipeline.synthesis.known import KnownTexts
    from triton_data.records import Drop, Origin, Program

    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SystemExit(f"cannot read {path}: {error.strerror}") from None
    found = form.formed(text, path.stem)
    if isinstance(found, str) and found != text:
        found = Drop("form", f"the class must be called like the file, {path.stem}")
    if isinstance(found, Drop):
        return _said(path, found)
    known, entry = KnownTexts(), path.stem
    program = Program(entry, text, "given", Origin("given", path=path.name))
    compiler = StageCompiler(validate, 60.0, known)
    try:
        with compiler.resources():
            assert compiler.jail is not None, "held"
            ran = run_eager(compiler.jail, text, entry, 60.0)
            failed = ran if isinstance(ran, Drop) else known.alike(program)
            made = failed or compiler(program)
    except Misuse as error:
        raise SystemExit(str(error)) from None
    return _said(path, made if isinstance(made, Drop) else None)


def _said(path: Path, drop: object) -> bool:
    from triton_data.records import Drop

    if isinstance(drop, Drop):
        print(f"{path}: {drop.reason}: {drop.detail}")
        return False
    print(f"{path}: valid")
    return True
