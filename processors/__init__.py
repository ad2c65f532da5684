"""Between one utterance and tensors: text, audio files, pitch, the dataset, the synthesizer."""
