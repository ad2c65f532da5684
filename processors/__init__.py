"""From an utterance to tensors and back: text, audio files, pitch, dataset, synthesizer."""
