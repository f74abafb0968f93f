"""What a text says of itself: its tokens, tree, operators and families."""
