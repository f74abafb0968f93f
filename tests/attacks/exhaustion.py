"""Time, memory, processes, disk, descriptors: taking more than is given."""

# One attack, one line, however long.
# ruff: noqa: E501
# fmt: off

from tests.attacks.attack import Suite
from triton_data.jail import COMPILE

suite = Suite()
ends, denied = suite.ends, suite.denied
HUNGRY = "oom|error|signal"

ends("loop in Python", "timeout", "while True: pass", wall_s=1)
ends("loop in C, holding the lock", "timeout", "return len(str(7 ** (10 ** 9)))", wall_s=1)
ends("loop inside a torch op", "timeout", "import torch\nx = torch.ones(6144, 6144)\nwhile True: x = x @ x", wall_s=1)
ends("sleep, ignoring every signal", "timeout", "for s in set(range(1, 65)) - {9, 19, 32, 33}: signal.signal(s, signal.SIG_IGN)\ntime.sleep(999)", wall_s=1)
ends("catch everything", "timeout", "while True:\n  try: time.sleep(1); raise KeyboardInterrupt\n  except BaseException: pass", wall_s=1)
ends("stop oneself", "timeout", "signal.raise_signal(signal.SIGSTOP)\ntime.sleep(99)", wall_s=1)
ends("burn the CPU limit", "timeout:cpu", "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass", cpu_s=1, wall_s=30)
ends("never-ending __del__", "timeout", "class D:\n  def __del__(self):\n    while True: pass\nD()", wall_s=1)

ends("heap bomb", HUNGRY, "x = []\nwhile True: x.append(bytearray(1 << 26))", wall_s=60)
ends("one huge tensor", HUNGRY, "import torch\nreturn torch.ones(1 << 40)", wall_s=60)
ends("many tensors", HUNGRY, "import torch\nx = []\nwhile True: x.append(torch.ones(1 << 22))", wall_s=60)
ends("shared mapping bomb", HUNGRY, "import mmap\nx = []\nwhile True:\n  m = mmap.mmap(-1, 1 << 26); m.write(b'x' * (1 << 26)); x.append(m)", wall_s=60)
ends("bomb that catches MemoryError", "oom|error|signal|timeout", "x = []\nwhile True:\n  try: x.append(bytearray(1 << 24))\n  except MemoryError: pass", wall_s=2)
denied("memfd bomb", "for i in range(64): os.write(os.memfd_create('x'), b'x' * (60 << 20))")
denied("System V shared memory", "call(29, 194, 0x1234, 1 << 24, 0o1666)")
denied("POSIX shared memory", "from multiprocessing.shared_memory import SharedMemory\nSharedMemory('evil', create=True, size=1 << 20)")
denied("message queue", "call(240, 180, b'evil', 0o102, 0o600, None)")

ends("fork bomb", "forbidden|error", "while True: os.fork()", wall_s=3)
ends("fork bomb where forks are allowed", "processes|error|timeout|oom|exit|bad_result", "while True:\n  os.fork()", policy=COMPILE, wall_s=2, tasks=50)
ends("raw vfork and clone", "forbidden|error", "for x, a in ((58, 220), (56, 220), (57, 220)): call(x, a, 17, 0, 0, 0, 0)\nreturn 'LEAK'")
denied("subprocess", "import subprocess\nsubprocess.run(['true'])")
denied("multiprocessing", "import multiprocessing as m\nm.get_context('fork').Process(target=print).start()")
denied("thread bomb", "import threading\nfor _ in range(2000): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()")
ends("survivor, twice forked", "ok|error|forbidden", "if os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n    time.sleep(1); open(p['home'] + '/evil', 'w')\n  os._exit(0)")
ends("survivor where forks are allowed", "ok|error", "if os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: time.sleep(600)\n  os._exit(0)", policy=COMPILE)
ends("exit at once, as if all were well", "bad_frame:no result", "os._exit(0)")
ends("exit with a status", "exit:3", "os._exit(3)")
ends("sys.exit", "error:SystemExit", "sys.exit(0)")
ends("segmentation fault", "signal:11", "ctypes.string_at(1)")
ends("abort", "signal:6", "os.abort()")
ends("abort where forks are allowed", "signal:6", "os.abort()", policy=COMPILE)
ends("stack overflow in Python", "error:RecursionError|error:MemoryError|error:SystemError|signal|oom|timeout", "sys.setrecursionlimit(10 ** 9)\ndef f(): f()\nf()", memory=256 << 20)
ends("stack overflow in C", "signal:11", "x = ()\nfor _ in range(10 ** 6): x = (x,)\nhash(x)", wall_s=30)

denied("one file over the limit", "with open('big', 'wb') as f:\n  for _ in range(512): f.write(b'x' * (1 << 20)); f.flush()", disk=64 << 20, file_size=32 << 20)
ends("many large files", "disk|error", "for i in range(64): open('big%d' % i, 'wb').write(b'x' * (32 << 20))\nreturn 'LEAK'", disk=64 << 20, wall_s=20)
ends("many small files", "disk|error|timeout", "for i in range(10 ** 6): open('f%d' % i, 'w').close()", files=1000, wall_s=10)
ends("deleted but open files", "disk|error", "k = []\nfor i in range(64):\n  f = open('x', 'wb'); os.unlink('x'); f.write(b'x' * (16 << 20)); f.flush(); k.append(f)\ntime.sleep(1)\nreturn 'LEAK'", disk=64 << 20, wall_s=20)
ends("deep directories", "disk|error|timeout", "for _ in range(10 ** 5): os.mkdir('d'); os.chdir('d')", files=1000, wall_s=10)
denied("all descriptors", "x = [os.open('/dev/null', 0) for _ in range(5000)]")
denied("raise one's own limits", "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))")
denied("lower another's limits", "import resource\nresource.prlimit(p['bystander'], resource.RLIMIT_NOFILE, (3, 3))")
denied("slow another down", "os.setpriority(os.PRIO_PROCESS, p['bystander'], 19)")
