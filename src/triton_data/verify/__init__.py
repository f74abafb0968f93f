"""Is this Triton program right? The CPU half runs it in Triton's interpreter."""
