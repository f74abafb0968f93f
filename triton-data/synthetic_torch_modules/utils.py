"""Try one program, and the place for a model of your own. `from utils import test_synthetic_model`."""

try:
    from triton_data.commands.doors.synthetic_model import test_synthetic_model
except ModuleNotFoundError as missing:
    raise SystemExit(f"utils.py: {missing}; run `make venv` once, then use .venv/bin/python") from None

__all__ = ["generate_custom_llm", "test_synthetic_model"]


def generate_custom_llm(prompt, **kwargs):
    """Your model's answer to `prompt`; model_name=custom calls this. `kwargs`: messages, temperature, max_tokens."""
    raise NotImplementedError("write generate_custom_llm in utils.py, or give model_name=custom a base_url=")
