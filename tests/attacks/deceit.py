"""The result channel, the judge, and the next task: claiming what is not so."""

# One attack, one line, however long.
# ruff: noqa: E501
# fmt: off

from tests.attacks.attack import Suite
from triton_data.jail import COMPILE

suite = Suite()
ends = suite.ends
BAD = "bad_result"
OK = "{'ok': True, 'value': 1, 'tensors': []}"

ends("a verdict on stdout", "ok", "print('{\"ok\": true, \"correct\": true}')\nos.write(2, b'y' * (1 << 20))")
ends("stdout flood", "timeout", "while True: os.write(1, b'x' * 65536)", wall_s=1)
ends("stderr flood", "timeout", "while True: os.write(2, b'x' * 65536)", wall_s=1)
ends("result flood", "flood", "while True: os.write(3, b'x' * 65536)", output=1 << 20, wall_s=10)
ends("a verdict as result", BAD, "forge(frame({'ok': True, 'correct': True, 'speedup': 99}))")
ends("a result with a verdict in it", BAD, "forge(frame({'ok': True, 'value': 1, 'tensors': [], 'passed': True}))")
ends("a result before the honest one", BAD, f"os.write(3, frame({OK}))")
ends("a result, then silence", "timeout", f"os.write(3, frame({OK}))\ntime.sleep(99)", wall_s=1)
ends("a result and a bad end", "exit:1", f"os.write(3, frame({OK}))\nos._exit(1)")
ends("a result and a crash", "signal:11", f"os.write(3, frame({OK}))\nctypes.string_at(1)")
ends("half a result", BAD, f"forge(frame({OK})[:-3])")
ends("bytes after the result", BAD, f"forge(frame({OK}) + b'x')")
ends("the result channel closed", BAD, "os.close(3)\nos._exit(0)")
ends("all channels closed", "bad_result|exit|error", "os.closerange(0, 64)")
ends("a pickle", BAD, "import pickle\nclass E:\n  def __reduce__(self): return os.system, ('touch /tmp/evil',)\nforge(frame(pickle.dumps(E())))")
ends("deep JSON", BAD, "forge(frame(b'[' * 60000))")
ends("JSON deep enough to parse", BAD, "forge(frame(b'{\"ok\": true, \"tensors\": [], \"value\": ' + b'[' * 200 + b']' * 200 + b'}'))")
ends("NaN", BAD, "forge(frame({'ok': True, 'value': float('nan'), 'tensors': []}))")
ends("infinity by size", BAD, "forge(frame(b'{\"ok\": true, \"value\": 1e999, \"tensors\": []}'))")
ends("a number of a million digits", BAD, "forge(frame(b'{\"ok\": true, \"value\": ' + b'9' * 10 ** 6 + b', \"tensors\": []}'))")
ends("a key twice", BAD, "forge(frame(b'{\"ok\": false, \"ok\": true, \"value\": 1, \"tensors\": []}'))")
ends("a value that is no text", BAD, "forge(frame(b'{\"ok\": true, \"value\": \"\\\\ud800\", \"tensors\": []}'))")
ends("bytes that are no text", BAD, "forge(frame(b'\\xff\\xfe{}'))")
ends("ok that is not a boolean", BAD, "forge(frame({'ok': 1, 'value': 1, 'tensors': []}))")
ends("a header length beyond all", BAD, "forge(struct.pack('<IQ', 2 ** 32 - 1, 2 ** 32 - 1) + b'{}')")
ends("a shape beyond its bytes", BAD, "forge(frame({'ok': True, 'value': 1, 'tensors': [{'dtype': 'float32', 'shape': [10 ** 12]}]}))")
ends("a negative shape", BAD, "forge(frame({'ok': True, 'value': 1, 'tensors': [{'dtype': 'int8', 'shape': [-1, -4]}]}, b'xxxx'))")
ends("a shape of booleans", BAD, "forge(frame({'ok': True, 'value': 1, 'tensors': [{'dtype': 'int8', 'shape': [True]}]}, b'x'))")
ends("a shape with a hidden overflow", BAD, "forge(frame({'ok': True, 'value': 1, 'tensors': [{'dtype': 'float32', 'shape': [2 ** 32, 2 ** 32]}]}))")
ends("a dtype of its own", BAD, "forge(frame({'ok': True, 'value': 1, 'tensors': [{'dtype': '__class__', 'shape': [1]}]}, b'x'))")
ends("a million tensors", BAD, "forge(frame({'ok': True, 'value': 1, 'tensors': [{'dtype': 'int8', 'shape': [0]}] * 10 ** 5}))")
ends("an error of its own making", BAD, "forge(frame({'ok': False, 'type': 'X', 'message': 'm', 'kind': 'timeout', 'errno': None, 'path': None}))")

ends("json patched", "bad_result|ok|error", "json.dumps = lambda *a, **k: '{\"ok\": true, \"correct\": true}'")
ends("the encoder patched", BAD, "from triton_data.jail import frame\nframe.encode = lambda *a: b'passed'")
ends("torch.equal and allclose patched", "ok", "import torch\ntorch.equal = torch.allclose = lambda *a, **k: True\nreturn torch.zeros(4)")
ends("time patched", "timeout", "time.monotonic = time.perf_counter = time.time = lambda: 0.0\nwhile True: pass", wall_s=1)
ends("an exception that fights back", "error", "class E(Exception):\n  def __str__(self): raise E\nraise E")
ends("an exception that never ends", "timeout|error", "class E(Exception):\n  def __str__(self):\n    while True: pass\nraise E", wall_s=1)
ends("a stdout of its own", "ok|error", "class S:\n  def write(self, x): raise SystemExit\n  flush = write\nsys.stdout = sys.stderr = S()")
ends("atexit", "ok", "import atexit\natexit.register(lambda: os.write(3, b'evil'))")
ends("__del__ at the end", "ok", "class D:\n  def __del__(self): os.write(3, b'evil')\nsys.evil = D()")
ends("a value that lies about its length", "ok|error|oom", "class L(list):\n  def __len__(self): return 10 ** 9\nreturn L()")

SECRET = "SECRETSECRETSECRET"
HUNT = """
needle = ('SEC' + 'RET').encode() * 3
for line in open('/proc/self/maps'):
    span, rights = line.split()[:2]
    low, high = (int(x, 16) for x in span.split('-'))
    if 'rw' in rights and high - low < 1 << 29:
        try: data = ctypes.string_at(low, high - low)
        except Exception: continue
        if data.count(needle) > 1: return 'LEAK'
"""
ends("expected tensors, hunted by gc", "ok", "import gc\nn = ('SEC' + 'RET') * 3\nreturn any(n in str(o)[:99] for o in gc.get_objects() if type(o) in (str, bytes)) and 'LEAK'")
ends("the last task's data, hunted in memory", "ok", HUNT, before=f"s = ['{SECRET}' * 100 for _ in range(99)]\nprint(s)\nreturn s")
ends("import hook for the next task", "ok", "return 'LEAK' if hasattr(sys, 'evil') or sys.meta_path[0] is None else 1", before="sys.meta_path.insert(0, None)\nsys.evil = 1")
ends("torch patched for the next task", "ok", "import torch\nreturn 'LEAK' if hasattr(torch, 'evil') else 1", before="import torch\ntorch.evil = 1")
ends("Inductor's cache poisoned", "ok", "return os.path.exists(os.environ['TORCHINDUCTOR_CACHE_DIR']) and 'LEAK'", policy=COMPILE,
     before="os.makedirs(os.environ['TORCHINDUCTOR_CACHE_DIR'])")  # fmt: skip
ends("Triton's cache poisoned", "ok", "return os.path.exists(os.environ['TRITON_CACHE_DIR']) and 'LEAK'", policy=COMPILE,
     before="os.makedirs(os.environ['TRITON_CACHE_DIR'])")  # fmt: skip
ends("the last task's scratch", "ok|forbidden", "up = os.path.dirname(os.getcwd())\nreturn len(os.listdir(up)) > 1 and 'LEAK'", before="open('evil', 'w')")
ends("a process left for the next task", "ok", "return 'LEAK' if len(os.listdir('/proc/self/task')) > 1 else 1", policy=COMPILE,
     before="if os.fork() == 0:\n  os.setsid(); time.sleep(600)")  # fmt: skip
