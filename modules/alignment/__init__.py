"""Which frame belongs to which token: the learned aligner and what goes with it."""
