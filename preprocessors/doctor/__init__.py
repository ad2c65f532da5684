"""The doctor: what is wrong with a corpus, before anything is computed from it."""
