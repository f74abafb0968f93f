"""Fine-tuning on what was exported: configs, the environment that they run in, and the runs."""
