"""What a kernel is compared with, where no test says it."""
