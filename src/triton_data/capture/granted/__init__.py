"""What a capture takes for granted about arguments that are no tensors."""
