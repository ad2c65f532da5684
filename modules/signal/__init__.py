"""Signal processing: STFT and inverse, noise, denoising, streaming."""
