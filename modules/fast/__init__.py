"""Code that exists only for speed. Each file names the plain torch line that it replaces and the
benchmark that justifies it; `python -m recital.bins.benchmark fast` times both.
"""
