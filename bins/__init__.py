"""Command lines; they only wire the other folders together."""
