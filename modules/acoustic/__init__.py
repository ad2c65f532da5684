"""What acoustic models share around their networks."""
