"""Code shared by acoustic models, outside of their networks."""
