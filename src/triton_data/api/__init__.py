"""The face for notebooks and other people's tools: capture, rewrite, verify, open_run, as `triton_data` exports them.

Nothing heavy is imported before a function is called, because every process of ours imports the package's own name.
"""
