"""What an outsider tried who knew docs/security.md alone, and then what reading the sources added: one attack a line."""

# One attack, one line, however long.
# ruff: noqa: E501
# fmt: off

from tests.attacks.attack import Suite
from triton_data.jail import COMPILE

suite = Suite()
ends, denied = suite.ends, suite.denied
MIB = 1 << 20

# Before the sources were read.
BUFFERS = """
for n in range(24):
  if os.fork() == 0:
    kept = []
    try:
      for _ in range(100):
        kept.append(socket.socketpair())
        for end in kept[-1]:
          end.setblocking(False)
          try:
            while True: end.send(bytes(1 << 16))
          except BlockingIOError: pass
    except OSError: pass
    open('done%d' % n, 'w').close(); time.sleep(30)
while sum(name.startswith('done') for name in os.listdir('.')) < 24: time.sleep(0.05)
time.sleep(0.5)
return 'LEAK'
"""
ends("memory in the buffers of socket pairs, in children", "oom|error|forbidden", BUFFERS, policy=COMPILE, memory=512 * MIB, wall_s=10)
denied("memory in locks of many files", "import fcntl\nk = [open('x%d' % n, 'w+b') for n in range(200)]\nfor f in k:\n  for at in range(2000, 0, -2): fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)", memory=32 * MIB, wall_s=15)
ends("blocks beyond the end of a file", "disk|error|forbidden", "call(285, 47, os.open('x', os.O_CREAT | os.O_RDWR), 1, 0, 200 << 20)\ntime.sleep(1)\nreturn 'LEAK'", disk=64 * MIB)
ends("CPU time in children, each below the limit", "timeout:cpu", "for _ in range(5):\n  if os.fork() == 0:\n    while time.process_time() < 0.8: pass\n    os._exit(0)\n  os.wait()\nreturn 'LEAK'", policy=COMPILE, cpu_s=1, wall_s=30)
ends("memory of processes whose names no parser likes", "oom", "for _ in range(6):\n  if os.fork() == 0:\n    libc.prctl(15, b') Z 1 1\\xff\\n(', 0, 0, 0); x = bytearray(100 << 20); time.sleep(30)\nlibc.prctl(15, b'\\n) Z 0 0 \\xfe', 0, 0, 0)\ntime.sleep(30)", policy=COMPILE, memory=256 * MIB, wall_s=8)
ends("space under names that are no text", "disk|error:limit", "os.mkdir(b'\\xff\\n\\xfe'); os.chdir(b'\\xff\\n\\xfe')\nfor n in range(20): open(b'\\xff\\n%d' % n, 'wb').write(b'x' * (8 << 20))\ntime.sleep(1)\nreturn 'LEAK'", disk=64 * MIB)
STACK = """
import re
secret = re.compile(rb'HF_TO[K]EN=?.?hf_SECR[E]T')
for line in open('/proc/self/maps'):
  span, mode = line.split()[:2]
  start, end = (int(n, 16) for n in span.split('-'))
  if mode.startswith('rw') and end - start < 1 << 26:
    for found in secret.findall(ctypes.string_at(start, end - start)): print('\\nLEAK', found)
"""
ends("the first environment, on the stack and in memory", "ok|error|oom", STACK, memory=4 << 30, wall_s=10)
ends("a boolean that is neither", "bad_frame|error", "import torch\nreturn torch.tensor([2, 255], dtype=torch.uint8).view(torch.bool)")
ends("denied calls from many threads at once", "timeout", "import threading\ndef ask():\n  while True: libc.syscall(198 if ARM else 41, 2, 1, 0); libc.syscall(40 if ARM else 165, 0, 0, 0, 0, 0)\nfor _ in range(50): threading.Thread(target=ask, daemon=True).start()\ntime.sleep(30)", wall_s=2)
ends("lock a file that others read", "ok", "import fcntl\nfirst, second = (os.open(p['torch'] + '/version.py', os.O_RDONLY) for _ in range(2))\nfcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)\ntry: fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)\nexcept BlockingIOError: return 'LEAK'")

# After they were read.
LIBC = "libc.mmap.restype = ctypes.c_void_p\nlibc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]\nlibc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]\nlibc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]\nlibc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]\nFAILED = (None, 2 ** 64 - 1)\n"
ONE_PAGE = "for _ in range(8):\n  m = libc.mmap(None, 100 << 20, 3, 0x21, -1, 0)\n  if m in FAILED: raise MemoryError\n  ctypes.memset(m, 1, 100 << 20); libc.munmap(m + 4096, (100 << 20) - 4096)\ntime.sleep(1)\nreturn 'LEAK'"
ends("shared memory of which one page stays mapped", "oom|error", LIBC + ONE_PAGE, memory=256 * MIB, wall_s=8)
ZERO = "z = os.open('/dev/zero', os.O_RDONLY)\nfor _ in range(8):\n  m = libc.mmap(None, 100 << 20, 1, 1, z, 0)\n  if m in FAILED: raise MemoryError\n  ctypes.string_at(m, 100 << 20); libc.munmap(m + 4096, (100 << 20) - 4096)\ntime.sleep(1)\nreturn 'LEAK'"
ends("shared memory of /dev/zero, only read", "oom|error|forbidden", LIBC + ZERO, memory=256 * MIB, wall_s=8)
BEHIND = "import threading\ndef on():\n  try: go()\n  except OSError: os._exit(1)\n  time.sleep(1); forge(frame({'ok': True, 'value': 'LEAK', 'tensors': []}))\nthreading.Thread(target=on).start()\nlibc.syscall(93 if ARM else 60, 0)"
ends("shared memory without pages, behind an ended first thread", "oom|error|exit", LIBC + "def go():\n  for _ in range(6):\n    m = libc.mmap(None, 100 << 20, 3, 0x21, -1, 0)\n    if m in FAILED: os._exit(1)\n    ctypes.memset(m, 1, 100 << 20); libc.madvise(m, 100 << 20, 4)\n" + BEHIND, memory=256 * MIB, wall_s=8)
UNSEEN = "k = []\ndef go():\n  for n in range(8):\n    f = open('x%d' % n, 'wb'); os.unlink(f.name); f.write(b'x' * (24 << 20)); f.flush(); k.append(f)\n"
ends("deleted but open files, behind an ended first thread", "disk|error|exit", UNSEEN + BEHIND, disk=64 * MIB)
ends("deleted but open files, and an empty folder", "disk|error", UNSEEN + "os.unlink('task.py'); go(); time.sleep(1)\nreturn 'LEAK'", disk=64 * MIB)
ends("somewhat more threads than its limit", "processes|error:limit", "import threading\nfor _ in range(40): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\ntime.sleep(0.5)\nreturn 'LEAK'", tasks=16)
SHREDS = "m = libc.mmap(None, 240 << 20, 1, 0x4022, -1, 0)\nfor at in range(m, m + (236 << 20), 8192): libc.mprotect(at, 4096, 0)\nfor _ in range(60):\n  if os.fork() == 0: time.sleep(60)\ntime.sleep(60)"
ends("mappings that take long to look at", "timeout|oom|processes", LIBC + SHREDS, policy=COMPILE, wall_s=12, memory=8192 * MIB)
ends("push a library out of the page cache", "ok", "f = os.open(p['torch'] + '/_tensor_str.py', os.O_RDONLY)\nos.read(f, 1 << 20); os.posix_fadvise(f, 0, 0, os.POSIX_FADV_DONTNEED)\ntry: os.preadv(f, [bytearray(4096)], 0, os.RWF_NOWAIT)\nexcept BlockingIOError: return 'LEAK'")
ends("CPU time of orphans that nobody waits for", "timeout:cpu", "for _ in range(6):\n  if os.fork() == 0:\n    if os.fork() == 0:\n      while time.process_time() < 0.9: pass\n    os._exit(0)\n  os.wait()\ntime.sleep(5)\nreturn 'LEAK'", policy=COMPILE, cpu_s=1, wall_s=30)
# With an older Landlock the signal arrives, and is ignored.
ends("end the first process of the namespace", "ok|forbidden|error|signal:9", "os.kill(1, signal.SIGINT); time.sleep(0.5)", policy=COMPILE)
