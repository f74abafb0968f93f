"""The rooms in the order in which things flow through them: `pipeline.execute(config)` is a whole run."""

from triton_data.pipeline.counts import funnel
from triton_data.pipeline.execution import execute, export
from triton_data.pipeline.plan import CURATING, GATHERING, STAGES, plan
from triton_data.pipeline.settings import changed, check, grown, remember, rooted, saved_config, together

__all__ = [
    "CURATING", "GATHERING", "STAGES", "changed", "check", "execute", "export", "funnel", "grown", "plan", "remember",
    "rooted", "saved_config", "together",
]  # fmt: skip
