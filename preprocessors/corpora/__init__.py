"""One file a corpus layout, each with `read(corpus) -> Iterator[Utterance | Rejected]`."""
