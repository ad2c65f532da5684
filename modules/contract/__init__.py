"""What every part of the project may rely on: audio, mel, batch, and what a model offers."""
