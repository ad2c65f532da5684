"""The names of a dataset's splits, separate from the store so that a command line can list them
without importing NumPy.
"""

SPLITS = ("train", "valid", "test", "golden_test")
