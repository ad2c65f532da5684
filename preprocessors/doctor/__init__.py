"""The doctor: checks a corpus for faults before anything is computed from it."""
