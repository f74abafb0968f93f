"""What language models are asked, and how."""
