"""Contracts between the parts of the project: audio, mel, batch, and the interface of models."""
