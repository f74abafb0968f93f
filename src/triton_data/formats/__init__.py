"""Forms of text that several rooms share: KernelBench's form of a program, prompts and fences."""
