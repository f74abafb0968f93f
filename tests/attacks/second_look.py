"""What somebody found who had read the jail's sources, and what lies beside it: one attack a line, again."""

# One attack, one line, however long.
# ruff: noqa: E501
# fmt: off

from tests.attacks.attack import Suite
from triton_data.jail import COMPILE

suite = Suite()
ends, denied = suite.ends, suite.denied
MIB = 1 << 20
LIBC = "libc.mmap.restype = ctypes.c_void_p\nlibc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]\nlibc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]\n"
PAIR = "a, b = socket.socketpair()\n"

# Sockets, and what travels through them.
for kind in ("SOCK_DGRAM", "SOCK_RAW"):
    denied(f"a pair that can be addressed, {kind}", f"a, b = socket.socketpair(socket.AF_UNIX, socket.{kind})\na.sendto(b'x', p['datagram'])")
denied("a pair that can be addressed, where compilers run", "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\na.sendto(b'x', p['datagram'])", policy=COMPILE)
denied("a pair that can be addressed, not blocking", "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)\na.sendto(b'x', p['datagram'])")
denied("a pair of another family", "call(53, 199, 30, 2, 0, ctypes.create_string_buffer(8))")
denied("send to a name", PAIR + "a.sendto(b'x', p['datagram'])")
denied("send to a name, through a sequence of packets", "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)\na.sendto(b'x', p['datagram'])")
denied("a message with a name", PAIR + "a.sendmsg([b'x'], [], 0, p['datagram'])")
denied("a descriptor in a message", PAIR + "socket.send_fds(a, [b'x'], [3])")
denied("a descriptor in a message, where compilers run", PAIR + "socket.send_fds(a, [b'x'], [3])", policy=COMPILE)
denied("many messages at once", PAIR + "call(307, 269, a.fileno(), ctypes.create_string_buffer(64), 1, 0)")
denied("receive a descriptor", PAIR + "socket.recv_fds(a, 9, 9)")
denied("descriptors kept in flight", "for _ in range(200):\n  a, b = socket.socketpair(); socket.send_fds(a, [b'x'], [a.fileno(), b.fileno()] * 20)")
denied("the number that the listener left through", PAIR + "import resource\nn = resource.getrlimit(resource.RLIMIT_NOFILE)[0]\nos.dup2(a.fileno(), n)\nsocket.socket(fileno=n).sendmsg([b'x'])")
denied("raise the number of descriptors", "import resource\nn = resource.getrlimit(resource.RLIMIT_NOFILE)[0]\nresource.setrlimit(resource.RLIMIT_NOFILE, (n + 1, n + 1))")
denied("bind a pair", PAIR + "call(49, 200, a.fileno(), struct.pack('H108s', 1, b'\\0evil'), 8)")
denied("listen on a pair", PAIR + "call(50, 201, a.fileno(), 1)")
denied("options of a socket", PAIR + "a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)")
denied("owner of a socket", PAIR + "call(16, 29, a.fileno(), 0x8901, struct.pack('i', p['bystander']))")
ends("a pair that is only a pipe", "ok", PAIR + "a.send(b'x')\nreturn b.recv(1) == b'x' or 'LEAK'")

# Making processes, and whose child they are.
for name, flags in {"CLONE_PARENT": 0x8000, "CLONE_PTRACE": 0x2000, "CLONE_UNTRACED": 0x800000, "CLONE_PIDFD": 0x1000, "CLONE_IO": 0x80000000, "CLONE_NEWTIME": 0x80, "CLONE_NEWUSER": 0x10000000, "CLONE_NEWPID": 0x20000000}.items():
    denied(f"clone with {name}, where compilers run", f"if call(56, 220, {flags} | 17, 0, 0, 0, 0) == 0: os._exit(0)", policy=COMPILE)
denied("clone with CLONE_PARENT, no thread", "if call(56, 220, 0x8011, 0, 0, 0, 0) == 0: os._exit(0)")
denied("a thread that is a parent's child", "call(56, 220, 0x7D0F00 | 0x8000, 0, 0, 0, 0)")
denied("clone3", "call(435, 435, ctypes.create_string_buffer(88), 88)", policy=COMPILE)
denied("adopt orphans", "call(157, 167, 36, 1, 0, 0, 0)", policy=COMPILE)
denied("outlive the zygote, where compilers run", "call(157, 167, 1, 0, 0, 0, 0)", policy=COMPILE)
denied("a filter of one's own", "call(157, 167, 22, 2, ctypes.create_string_buffer(16), 0, 0)")
denied("a filter of one's own, by its call", "call(317, 277, 1, 0, ctypes.create_string_buffer(16))")
denied("let others look in", "call(157, 167, 0x59616d61, -1, 0, 0, 0)")
denied("be closed to the nanny", "call(157, 167, 4, 0, 0, 0, 0)")
denied("change one's mark", "import resource\nresource.setrlimit(10, (5, 5))", policy=COMPILE)
denied("change one's mark, by pid", "import resource\nresource.prlimit(os.getpid(), 10, (5, 5))", policy=COMPILE)
denied("execute by descriptor", "call(322, 281, os.open('/usr/bin/true', os.O_RDONLY), b'', 0, 0, 0x1000)", policy=COMPILE)
denied("pin the zygote to one CPU", "os.sched_setaffinity(int(open('/proc/self/stat').read().split()[3]) or 1, {0})", policy=COMPILE)
denied("pin a bystander to one CPU", "os.sched_setaffinity(p['bystander'], {0})", policy=COMPILE)
denied("slow oneself down to bother others", "os.nice(0)\nos.setpriority(os.PRIO_USER, 0, 19)", policy=COMPILE)
denied("idle scheduling for a bystander", "os.sched_setscheduler(p['bystander'], os.SCHED_IDLE, os.sched_param(0))", policy=COMPILE)

# Memory that a sum over living first threads would miss.
HOLD = "time.sleep(30)"
ends("memory of an orphan", "oom", f"for _ in range(3):\n  if os.fork() == 0:\n    if os.fork() == 0:\n      os.setsid(); x = bytearray(200 << 20); {HOLD}\n    os._exit(0)\n  os.wait()\n{HOLD}", policy=COMPILE, memory=256 * MIB, wall_s=8)
ends("memory of many orphans", "oom", f"for _ in range(12):\n  if os.fork() == 0:\n    if os.fork() == 0:\n      x = bytearray(100 << 20); {HOLD}\n    os._exit(0)\n  os.wait()\n{HOLD}", policy=COMPILE, memory=256 * MIB, wall_s=8)
ends("memory of processes without their first thread", "oom", "import threading\ndef eat():\n  x = bytearray(200 << 20); time.sleep(30)\nfor _ in range(4):\n  if os.fork() == 0:\n    threading.Thread(target=eat).start(); libc.syscall(93 if ARM else 60, 0)\ntime.sleep(30)", policy=COMPILE, memory=256 * MIB, wall_s=8)
ends("shared memory without pages", "oom|error", LIBC + "for _ in range(12):\n  m = libc.mmap(None, 100 << 20, 3, 0x21, -1, 0)\n  if m in (None, 2 ** 64 - 1): raise MemoryError\n  ctypes.memset(m, 1, 100 << 20); libc.madvise(m, 100 << 20, 4)\ntime.sleep(30)", memory=256 * MIB, wall_s=8)
ends("shared memory without pages, in children", "oom|error|timeout", LIBC + "for _ in range(4):\n  if os.fork() == 0:\n    for _ in range(3):\n      m = libc.mmap(None, 100 << 20, 3, 0x21, -1, 0)\n      ctypes.memset(m, 1, 100 << 20); libc.madvise(m, 100 << 20, 4)\n    time.sleep(30)\ntime.sleep(30)", policy=COMPILE, memory=256 * MIB, wall_s=4)
ends("page tables", "oom|error|timeout|signal", LIBC + "for _ in range(40):\n  if os.fork() == 0:\n    m = libc.mmap(None, 4 << 30, 1, 0x4022, -1, 0)\n    if m in (None, 2 ** 64 - 1): os._exit(1)\n    for at in range(0, 4 << 30, 4096): ctypes.c_char.from_address(m + at).value\n    time.sleep(30)\ntime.sleep(30)", policy=COMPILE, memory=256 * MIB, wall_s=4)
denied("pages of the machine's own pool", "import mmap\nmmap.mmap(-1, 2 << 20, flags=0x40022)")
denied("merged pages", LIBC + "m = libc.mmap(None, 1 << 20, 3, 0x22, -1, 0)\ncall(28, 233, ctypes.c_void_p(m), 1 << 20, 12)")
denied("poisoned pages", LIBC + "m = libc.mmap(None, 1 << 20, 3, 0x22, -1, 0)\ncall(28, 233, ctypes.c_void_p(m), 1 << 20, 100)")
denied("larger pipes", "r, w = os.pipe()\ncall(72, 25, w, 1031, 1 << 20)")

# The result.
ends("a header of thirty megabytes of lists", "bad_result", "forge(frame(b'{\"ok\": true, \"tensors\": [], \"value\": [' + b'[],' * (10 << 20) + b'1]}'))", wall_s=20)
ends("a header of many lists", "bad_frame:too many values", "forge(frame(b'{\"ok\": true, \"tensors\": [], \"value\": [' + b'[],' * (4 << 20) + b'1]}'))", wall_s=20)
ends("a header of many strings", "bad_frame:too many values", "forge(frame(b'{\"ok\": true, \"tensors\": [], \"value\": [' + b'\"\",' * (4 << 20) + b'1]}'))", wall_s=20)
ends("extents that overflow", "bad_frame:extents overflow", "forge(frame({'ok': True, 'value': 1, 'tensors': [{'dtype': 'float32', 'shape': [0, 2 ** 40, 2 ** 40]}]}))")
ends("an errno beyond all", "bad_frame:malformed error", "forge(frame({'ok': False, 'type': 'X', 'message': 'm', 'kind': 'denied', 'errno': 10 ** 99, 'path': None}))")
ends("a reason that moves the cursor", "error:E: \\x1b[2J", "class E(Exception): pass\nraise E('\\x1b[2J\\r\\nok\\u202e')")
ends("a path that moves the cursor", "forbidden:open /evil\\x1b[2J\\n", "open('/evil\\x1b[2J\\n', 'w')")
ends("out of memory, by hand", "error:MemoryError", "raise MemoryError('I say so')")
ends("out of memory, by hand and in words", "error:RuntimeError", "raise RuntimeError('CUDA out of memory')")

# Signals and files' signals.
STORM = "signal.signal(signal.SIGALRM, lambda *_: None)\nsignal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)\nseen = 0\nfor _ in range(300):\n  try: call(41, 198, 2, 1, 0)\n  except OSError as e: seen += e.errno == 1\nsignal.setitimer(signal.ITIMER_REAL, 0)\n"
ends("denied calls under a storm of signals", "ok", STORM + "return {'denied': seen}")
denied("signals of a file for another", "r, w = os.pipe()\ncall(72, 25, r, 8, p['bystander'])")
denied("signals of a file for another, extended", "r, w = os.pipe()\ncall(72, 25, r, 15, struct.pack('ii', 1, p['bystander']))")
denied("another signal of a file", "r, w = os.pipe()\ncall(72, 25, r, 10, 9)")
denied("a lease", "f = os.open('x', os.O_CREAT | os.O_RDONLY)\ncall(72, 25, f, 1024, 0)")
denied("notice of a folder", "call(72, 25, os.open('.', os.O_RDONLY), 1026, 0x80000001)")
denied("seals", "call(72, 25, os.open('x', os.O_CREAT | os.O_RDWR), 1033, 1)")
denied("flags of a file", "call(16, 29, os.open('x', os.O_CREAT | os.O_RDONLY), 0x40086602, struct.pack('l', 0x20))")
denied("flags of another's file", "call(16, 29, os.open(p['torch'] + '/version.py', os.O_RDONLY), 0x40086602, struct.pack('l', 0x20))")
denied("input to a terminal", "call(16, 29, 0, 0x5412, b'x')")
denied("a timer that signals", "call(222, 107, 0, 0, ctypes.create_string_buffer(8))")
denied("a signal to the zygote, where compilers run", "os.kill(int(open('/proc/self/stat').read().split()[3]) or p['driver'], 9)", policy=COMPILE)
denied("tkill", "call(200, 130, p['bystander'], 9)", policy=COMPILE)

# Objects of the kernel that other processes have.
for name, x86, arm, arguments in (
    ("a System V queue", 68, 186, "0x1234, 0o1666"), ("a System V queue's state", 71, 187, "0, 2, ctypes.create_string_buffer(256)"), ("remove a System V queue", 71, 187, "0, 0, 0"),
    ("read from a System V queue", 70, 188, "0, ctypes.create_string_buffer(256), 99, 0, 0o4000"), ("write to a System V queue", 69, 189, "0, ctypes.create_string_buffer(b'\\1\\0\\0\\0\\0\\0\\0\\0x'), 1, 0o4000"),
    ("System V semaphores", 64, 190, "0x1234, 1, 0o1666"), ("a System V semaphore's operation", 65, 193, "0, ctypes.create_string_buffer(6), 1"), ("remove System V semaphores", 66, 191, "0, 0, 0"),
    ("attach System V shared memory", 30, 196, "0, 0, 0"), ("remove System V shared memory", 31, 195, "0, 0, 0"), ("remove a POSIX queue", 241, 181, "b'evil'"),
    ("a kernel key", 250, 219, "0, -3, 0"), ("a handle of a file", 303, 264, "-100, b'.', ctypes.create_string_buffer(128), ctypes.create_string_buffer(8), 0"),
    ("flush every disk", 162, 81, ""), ("vmsplice", 278, 75, "1, ctypes.create_string_buffer(16), 1, 0"), ("process_madvise", 440, 440, "0, 0, 0, 0, 0"),
    ("who has my memory", 279, 239, "p['bystander'], 1, 0, 0, 0, 0"), ("mounts by the new call", 458, 458, "0, 0, 0, 0"), ("quotas", 179, 60, "0, 0, 0, 0"), ("fanotify", 300, 262, "0, 0"),
):
    denied(name, f"call({x86}, {arm}, {arguments})", policy=COMPILE)

# Whoever clears up after a task.
SWAP = """
os.mkdir('a'); open('a/x', 'w'); os.mkdir('a/b')
for n in range(300): os.mkdir('a/%d' % n); open('a/%d/kept' % n, 'w')
for _ in range(3):
  if os.fork() == 0:
    os.setsid()
    while True:
      try: os.rename('a', 'c'); os.symlink(p['rooted'], 'a'); os.unlink('a'); os.rename('c', 'a')
      except OSError: pass
time.sleep(0.2)
"""
ends("swap a folder for a link while it is cleared", "ok|disk", SWAP, policy=COMPILE)
ends("folders nested deeper than a recursion", "ok|disk|error|timeout", "for _ in range(1300): os.mkdir('d'); os.chdir('d')", files=5000, wall_s=10)
ends("folders nested deeper than a path", "ok|disk|error|timeout", "for _ in range(3000): os.mkdir('d' * 200); os.chdir('d' * 200)", files=5000, wall_s=10)
ends("folders closed to their owner", "ok|disk", "os.umask(0)\nfor n in range(50): os.makedirs('k%d/l/m' % n); open('k%d/l/m/x' % n, 'w'); os.mkdir('k%d/l/shut' % n, 0)\nos.mkdir('shut', 0o300); open('shut/x', 'w').close()")
ends("files nobody sees, in a child", "disk|error|ok", "k = []\nif os.fork() == 0:\n  try:\n    for i in range(16):\n      f = open('x', 'wb'); os.unlink('x'); f.write(b'x' * (16 << 20)); f.flush(); k.append(f)\n  except OSError: os._exit(0)\n  open('seen', 'w'); time.sleep(30)\nopen('y', 'w'); pid, _ = os.waitpid(-1, os.WNOHANG)\nfor _ in range(40):\n  if pid: return\n  time.sleep(0.1); pid, _ = os.waitpid(-1, os.WNOHANG)\nreturn 'LEAK'", policy=COMPILE, disk=64 << 20)
ends("strays that fork faster than they die", "processes|ok|oom|error|timeout|exit|bad_frame", "if os.fork() == 0:\n  os.setsid()\n  for _ in range(6): os.fork()\n  while True:\n    try:\n      if os.fork(): os._exit(0)\n    except OSError: pass", policy=COMPILE, tasks=100)
# Where nothing else keeps signals in, a child may not even stop itself, and says so.
ends("a stopped stray", "ok|bad_frame:bytes left over", "if os.fork() == 0:\n  os.setsid(); os.kill(os.getpid(), signal.SIGSTOP); time.sleep(600)", policy=COMPILE)
ends("a stray without its first thread", "ok", "import threading\nif os.fork() == 0:\n  threading.Thread(target=time.sleep, args=(600,)).start(); libc.syscall(93 if ARM else 60, 0)", policy=COMPILE)
ends("children nobody waits for", "ok", "for _ in range(60):\n  if os.fork() == 0: os._exit(0)", policy=COMPILE, wall_s=30)

# What may be read of the host.
denied("an extended attribute", "return os.getxattr(p['home'] + '/precious', 'user.x') and 'LEAK'")
denied("names of extended attributes", "return os.listxattr(p['home'] + '/precious')")
for name in ("mounts", "mountinfo", "mountstats", "net/tcp", "net/unix", "net/arp", "net/dev", "net/route"):
    denied(f"/proc/self/{name}", f"print('LEAK', open('/proc/self/{name}').read())")
    denied(f"/proc/thread-self/{name}", f"print('LEAK', open('/proc/thread-self/{name}').read())")
denied("the host's sockets, through a thread", "print('LEAK', open('/proc/self/task/%d/net/unix' % os.getpid()).read())")
denied("a network address of the machine", "import glob\nprint('LEAK', [open(f).read() for f in glob.glob('/sys/class/net/*/address')] or open('/sys/class/net/lo/address').read())", policy=COMPILE)
denied("the host's name for itself", "print('LEAK', open('/etc/hostname').read(), open('/etc/machine-id').read())")
denied("memory of oneself, by file", "open('/proc/self/mem', 'r+b')")
denied("what a user keeps beside the compiler", "print('LEAK', open(p['home'] + '/.netrc').read())", policy=COMPILE)
