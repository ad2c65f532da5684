"""The Trainer and its parts. It knows nothing of speech."""
