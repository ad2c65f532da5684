"""What knows nothing of speech: config, checkpoints, the Trainer, logs."""
