"""`python -m triton_data` is the command `triton-data`."""

from triton_data.cli import main

if __name__ == "__main__":
    main()
