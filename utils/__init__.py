"""Code independent of speech: config, checkpoints, the Trainer, logs."""
