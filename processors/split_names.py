"""The splits of a dataset by name, apart from the store so that a command line can list them
without importing NumPy.
"""

SPLITS = ("train", "valid", "test", "golden_test")
