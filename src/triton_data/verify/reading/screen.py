"""What a candidate's text has no honest reason to contain: a first look, before anything runs.

In: a text and its entry. Out: what is suspicious about what of it can run, or ''. It finds the tools with which a
program could reach into the process that runs it; the checks of behaviour must hold without it. Not covered: anything
that needs to be run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triton_data.verify.reading.reachable_code import reachable, reached_by_calls

_MODULES_WORDS = """
    gc inspect ctypes _ctypes cffi threading _thread multiprocessing concurrent asyncio subprocess socket signal
    pickle marshal dis types builtins code codeop sys weakref faulthandler atexit site runpy pty mmap
    resource tracemalloc unittest pytest numba cupy triton_data requests urllib http shutil tempfile sched queue
    select selectors
"""
_MODULES = frozenset(_MODULES_WORDS.split())
_AT_IMPORT = frozenset({"re", "operator", "time", "platform", "importlib"})  # to say what is here, not to compute
_COMPARISONS = frozenset({"ge", "gt", "le", "lt", "eq", "ne", "find_spec"})
_CALLS_WORDS = "eval exec compile __import__ globals locals vars input breakpoint setattr delattr open"
_CALLS = frozenset(_CALLS_WORDS.split())
_ATTRIBUTES_WORDS = """
    __globals__ __closure__ __code__ __subclasses__ __mro__ __builtins__ __dict__ f_back f_globals f_locals
    _getframe get_objects get_referrers __loader__ __spec__ settrace setprofile _disable_current_modes
    _DisableTorchDispatch DisableTorchFunction DisableTorchFunctionSubclass _ExcludeDispatchKeyGuard _pop_mode
    _set_dispatch_mode TorchDispatchMode TorchFunctionMode __torch_dispatch__ __torch_function__ _make_subclass
    _make_wrapper_subclass as_subclass from_blob from_dlpack untyped_storage _typed_storage storage from_file
    data_ptr_ numpy __array__ __array_interface__ tolist __dlpack__ to_dlpack __class__ register_hook CUDAGraph
    register_module_forward_hook register_module_forward_pre_hook register_module_buffer_registration_hook
    graph cudagraph_trees make_graphed_callables load_inline cpp_extension load_library jit_script _jit_internal
    script_if_tracing
"""
_ATTRIBUTES = frozenset(_ATTRIBUTES_WORDS.split())
_PATCHABLE = ("torch", "triton", "tl", "np", "numpy", "math", "time", "F", "nn", "os")


def suspicious(text: str, entry: str) -> str:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    return next(_findings(tree, entry), "")


def _findings(tree: ast.Module, entry: str) -> Iterator[str]:
    kernels = {id(inner) for node in ast.walk(tree) if _is_kernel(node) for inner in ast.walk(node)}
    nodes = sorted(reachable(tree, entry), key=lambda node: getattr(node, "lineno", 0))
    used, later = _global_names(nodes), _computing_names(list(reached_by_calls(tree, entry)))
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            if found := _imports(node, used, later):
                yield f"line {node.lineno}: {found}"
        elif found := _of(node):
            yield f"line {node.lineno}: {found}"  # type: ignore[attr-defined]  # everything found has a line
        if isinstance(node, ast.FunctionDef) and (tried := _tries_a_launch(node)):
            yield f"line {tried.lineno}: a launch inside of try"
        if id(node) in kernels and isinstance(node, ast.Name) and node.id in ("torch", "np", "numpy"):
            yield f"line {node.lineno}: {node.id} inside a kernel"


def _global_names(nodes: list[ast.AST]) -> set[str]:
    """Names that are no function's parameters."""
    return {node.id for node in _occurrences(nodes)}


def _occurrences(nodes: list[ast.AST]) -> Iterator[ast.Name]:
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    own = {
        id(inner)
        for function in functions
        for names in [{argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}]
        for inner in ast.walk(function)
        if isinstance(inner, ast.Name) and inner.id in names
    }
    return (node for node in nodes if isinstance(node, ast.Name) and id(node) not in own)


def _computing_names(nodes: list[ast.AST]) -> set[str]:
    """Without those that only ask which of two versions is the newer."""
    asking = [node for node in nodes if isinstance(node, ast.FunctionDef) and _asks_version(node)]
    harmless = {id(inner) for function in asking for inner in ast.walk(function)}
    harmless |= {id(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr in _COMPARISONS}
    return {node.id for node in _occurrences(nodes) if id(node) not in harmless}


def _asks_version(function: ast.FunctionDef) -> bool:
    """Of a module, by name: `importlib.import_module(package).__version__`."""
    return any(isinstance(inner, ast.Attribute) and inner.attr == "__version__" for inner in ast.walk(function))


def _imports(node: ast.Import | ast.ImportFrom, used: set[str], later: set[str]) -> str:
    """What is imported and never used does nothing."""
    for alias in node.names:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else alias.name
        top, name = module.partition(".")[0], (alias.asname or alias.name).partition(".")[0]
        if name != "*" and name not in used:
            continue
        if top in _MODULES or (top in _AT_IMPORT and (name == "*" or name in later)):
            return f"imports {module}"
        if isinstance(node, ast.ImportFrom) and (parts := {*module.split("."), alias.name} & _ATTRIBUTES):
            return f"imports {sorted(parts)[0]}"
    return ""


def _of(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            return f"calls {name}()"
        case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="torch" | "tl" | "triton"), _, *_]):
            return ""  # nothing there that the watch does not see
        case ast.Call(func=ast.Name(id="getattr"), args=[_, name, *_]) if not isinstance(name, ast.Constant):
            return "calls getattr() with a name that it computes"
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=name), *_]) if name in _ATTRIBUTES:
            return f"uses .{name}"
        case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
            return f"imports {name}" if name.partition(".")[0] in _MODULES else ""
        case ast.Attribute(attr=name) if name in _ATTRIBUTES:
            return f"uses .{name}"
        case ast.Attribute(value=ast.Name(id="os"), attr=name) if name not in ("environ", "path"):
            return f"uses os.{name}"
        case ast.Attribute(value=ast.Attribute(attr="environ"), attr=name) if name != "setdefault":
            return f"reads os.environ.{name}"
        case ast.Subscript(value=ast.Attribute(attr="environ"), ctx=ast.Load()):
            return "reads os.environ"
        case ast.Compare(comparators=[ast.Attribute(attr="environ")]):
            return "reads os.environ"
        case ast.Assign(targets=targets):
            return next((f for target in targets if (f := _patches(target))), "")
        case ast.AugAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return f"counts in self.{name}"
        case ast.Global(names=[name, *_]):
            return f"changes the global {name}"
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return _patches(target)
    return ""


def _patches(target: ast.expr) -> str:
    """torch.allclose = …"""
    base: ast.expr = target
    while isinstance(base, ast.Attribute | ast.Subscript):
        base = base.value
    if base is not target and isinstance(base, ast.Name) and base.id in _PATCHABLE:
        text = ast.unparse(target)
        return "" if text.startswith(("torch.backends.", "os.environ[")) else f"replaces {text}"
    return ""


def _tries_a_launch(function: ast.FunctionDef) -> ast.Try | None:
    """`kernel[grid](…)` with something else to do where it fails."""
    for node in ast.walk(function):
        if isinstance(node, ast.Try) and node.handlers:
            calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
            if function.name == "forward" or any(isinstance(call.func, ast.Subscript) for call in calls):
                return node
    return None


def _is_kernel(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any("jit" in ast.unparse(d) for d in node.decorator_list)
