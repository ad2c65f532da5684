"""Voices over HTTP (as OpenAI's clients speak it) and over the Wyoming protocol."""
