"""From a corpus to a manifest and features on disk."""

LAYOUTS = {  # name -> module that has `read(corpus) -> Iterator[Utterance | Rejected]`
    "aishell3": "recital.preprocessors.aishell3",
    "amphion": "recital.preprocessors.amphion",
    "arctic": "recital.preprocessors.arctic",
    "commonvoice": "recital.preprocessors.commonvoice",
    "css10": "recital.preprocessors.css10",
    "embedded": "recital.preprocessors.embedded",
    "filelist": "recital.preprocessors.filelist",
    "folder": "recital.preprocessors.folder",
    "hifitts": "recital.preprocessors.hifitts",
    "kaldi": "recital.preprocessors.kaldi",
    "lhotse": "recital.preprocessors.lhotse",
    "libritts": "recital.preprocessors.libritts",
    "ljspeech": "recital.preprocessors.ljspeech",
    "mailabs": "recital.preprocessors.mailabs",
    "vctk": "recital.preprocessors.vctk",
}
