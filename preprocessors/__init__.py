"""From a corpus to a manifest and features on disk."""
