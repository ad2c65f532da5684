"""Code that exists for speed alone."""
