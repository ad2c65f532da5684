"""Text to wav, and mel to wav."""
