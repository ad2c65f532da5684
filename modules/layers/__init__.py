"""Layers shared by two or more models."""
