"""Command lines, which only connect the other folders."""
