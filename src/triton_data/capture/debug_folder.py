"""Read any `torch_compile_debug` folder, of today's torch or an older one, and lay its kernels out.

Enters: a folder that `TORCH_COMPILE_DEBUG=1` left, or anything around or inside one. Leaves: a `Summary`, and under
`out` one folder per trace, `<model>/<trace>/`: each kernel in its own file, `output_code.py`, and the readable graph
where there is one; `captures` gives the same as records. Nothing is executed: files of strangers are parsed as
text. Not covered: CPU (C++) kernels, and the program that a trace was made of, which such a folder does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from triton_data.capture import output_code
from triton_data.capture.reasons import Reason, dropped
from triton_data.capture.tokens import count_tokens
from triton_data.errors import Misuse
from triton_data.records import Capture, Drop, Graph, InductorKernel, Origin, digest

LARGEST = 64 << 20  # bytes; a longer output_code.py was not written by Inductor
# model__0_inference_0.0, model__12_forward_13.1, aot_model___3_backward; AOT ID: ['0_forward']
_DIRECTION = re.compile(r"(?:^|_)(inference|forward|backward)(?:_|\b|\d)")
_AOT_ID = re.compile(r"^# AOT ID: \[(.*)\]", re.MULTILINE)
_DEVICE = re.compile(r"DeviceProperties\([^)]*?\bcc=(?:(\d+)|'(\w+)[^']*')")
_KERNEL = re.compile(r"async_compile\.triton\(\s*['\"](\w+)['\"]\s*,\s*('''|\"\"\")(.*?)\2", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Trace:
    model: str
    name: str
    source: Path
    graph: Graph


@dataclass(frozen=True, slots=True)
class Summary:
    traces: tuple[Trace, ...]
    skipped: tuple[Drop, ...]
    tokens: int
    counted_by: str  # tiktoken's encoding, or how it was estimated

    @property
    def kernels(self) -> int:
        return sum(len(trace.graph.kernels) for trace in self.traces)

    def __str__(self) -> str:
        models = len({trace.model for trace in self.traces})
        return (
            f"{self.kernels} kernels in {len(self.traces)} traces of {models} models, {self.tokens} tokens"
            f" ({self.counted_by}); {len(self.skipped)} files skipped"
        )


def extract_debug_folder(path: Path, out: Path | None = None) -> Summary:
    if not path.is_dir():
        raise Misuse(f"{path} is not a folder: give the torch_compile_debug folder of a run")
    traces: list[Trace] = []
    skipped: list[Drop] = []
    for found in _read(path):
        if isinstance(found, Drop):
            skipped.append(found)
        else:
            traces.append(found)
    if not traces and not skipped:
        raise Misuse(f"no output_code.py below {path}: was it written with TORCH_COMPILE_DEBUG=1?")
    if out is not None:
        for trace in traces:
            _write(trace, out)
    tokens, counted_by = count_tokens(kernel.text for trace in traces for kernel in trace.graph.kernels)
    return Summary(tuple(traces), tuple(skipped), tokens, counted_by)


def keep_files(files: dict[str, str], folder: Path) -> None:
    """A debug folder as it came out of the jail: its names are claims, and must not lead out of `folder`."""
    for name, text in files.items():
        path = folder.joinpath(*map(_safe, Path(str(name)).parts))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(text), encoding="utf-8", errors="replace")


def captures(summary: Summary) -> Iterator[Capture]:
    """A Capture each trace. Its program is unknown, so its key is made of what is known: the code and its place."""
    for trace in summary.traces:
        origin = Origin("debug_folder", repo=trace.model, path=trace.name)
        mode = "inference" if trace.graph.direction == "inference" else "training"
        program = digest("debug_folder", trace.model, trace.name, trace.graph.code)
        yield Capture(program, trace.name, _target(trace.graph), mode, (trace.graph,), (), origin)


def _target(graph: Graph) -> str:
    """The GPU that the kernels say they are for; older ones do not say."""
    for kernel in graph.kernels:
        if found := _DEVICE.search(kernel.text):
            return f"sm_{found[1]}" if found[1] else found[2]
    return "unknown"


def _read(path: Path) -> Iterator[Trace | Drop]:
    taken: set[tuple[str, str]] = set()
    for folder in _trace_folders(path):
        model, name = _model_of(folder, path), _safe(folder.name)
        while (model, name) in taken:
            name += "_"
        graph = _graph(folder)
        if isinstance(graph, Graph):
            taken.add((model, name))
            yield Trace(model, name, folder, graph)
        else:
            yield graph


def _trace_folders(path: Path) -> list[Path]:
    """Folders with an output_code.py, or with kernels in files of their own as the oldest layouts have them."""
    files = [file for pattern in ("output_code*.py", "triton_*.py") for file in path.rglob(pattern)]
    return sorted({file.parent for file in files if file.is_file() and not file.is_symlink()})


def _model_of(folder: Path, root: Path) -> str:
    """The run that a trace belongs to: what stands above `torchinductor`, else the folder above the trace."""
    parts = [
        part
        for part in folder.relative_to(root).parts[:-1]
        if part not in ("torchinductor", "runs", "aot_torchinductor")
    ]
    return _safe(parts[-1] if parts else root.name)


def _graph(folder: Path) -> Graph | Drop:
    code = "\n".join(_text(file) for file in sorted(folder.glob("output_code*.py")))
    kernels = {kernel.name: kernel for kernel in _kernels(code)}
    for file in sorted(folder.glob("triton_*.py")):
        text = _text(file)
        if file.stem not in kernels and "@triton.jit" in text:
            kernels[file.stem] = InductorKernel(file.stem, text)
    if not kernels:
        return dropped(Reason.NO_TRITON, "no Triton kernel in its output_code.py", str(folder))
    readable = next((_text(file) for file in sorted(folder.glob("fx_graph_readable*.py"))), "")
    return Graph(_direction(folder.name, code), code, tuple(kernels.values()), _externs(code), readable)


def _kernels(code: str) -> tuple[InductorKernel, ...]:
    try:
        return output_code.kernels_of(code)
    except (SyntaxError, ValueError):  # cut short or damaged: take the kernels that are whole
        return tuple(InductorKernel(name, text.strip("\n") + "\n") for name, _, text in _KERNEL.findall(code))


def _externs(code: str) -> tuple[str, ...]:
    try:
        return output_code.externs_of(code)
    except (SyntaxError, ValueError):
        return ()


def _direction(name: str, code: str) -> str:
    marked = _AOT_ID.search(code)
    for text in (marked[1].strip("'\"") if marked else "", name):
        found = _DIRECTION.search(text)
        if found:
            return found[1]
    return "inference"


def _text(file: Path) -> str:
    if file.stat().st_size > LARGEST:
        return ""
    return file.read_text(encoding="utf-8", errors="replace").replace("\x00", "")


def _safe(name: str) -> str:
    """A folder name from a stranger's disk as one of ours: one plain component, never '..'."""
    return re.sub(r"[^\w.+-]", "_", name).lstrip(".") or "unnamed"


def _write(trace: Trace, out: Path) -> None:
    folder = out / trace.model / trace.name
    folder.mkdir(parents=True, exist_ok=True)
    for kernel in trace.graph.kernels:
        (folder / f"{_safe(kernel.name)}.py").write_text(kernel.text, encoding="utf-8")
    (folder / "output_code.py").write_text(trace.graph.code, encoding="utf-8")
    if trace.graph.readable:
        (folder / "fx_graph_readable.py").write_text(trace.graph.readable, encoding="utf-8")
