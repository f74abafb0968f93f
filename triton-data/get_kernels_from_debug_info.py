"""Door: the Triton kernels inside a torch_compile_debug folder. See --help."""

import sys

try:
    from triton_data.commands.doors.door import open_door
except ModuleNotFoundError as missing:
    print(
        f"get_kernels_from_debug_info.py: {missing}; run `make venv` once, then use .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    open_door("get_kernels_from_debug_info.py")
