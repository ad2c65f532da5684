"""From a corpus to a manifest and features on disk."""

LAYOUTS = {  # name -> module that has `read(folder) -> Iterator[Utterance | Rejected]`
    "embedded": "recital.preprocessors.embedded",
    "filelist": "recital.preprocessors.filelist",
    "ljspeech": "recital.preprocessors.ljspeech",
}
