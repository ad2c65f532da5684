"""Text to waves, and mels to waves."""
