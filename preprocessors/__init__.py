"""From a corpus to a manifest and features on disk."""

LAYOUTS = {  # name -> module that has `read(corpus) -> Iterator[Utterance | Rejected]`
    "aishell3": "recital.preprocessors.corpora.aishell3",
    "amphion": "recital.preprocessors.corpora.amphion",
    "arctic": "recital.preprocessors.corpora.arctic",
    "commonvoice": "recital.preprocessors.corpora.commonvoice",
    "css10": "recital.preprocessors.corpora.css10",
    "embedded": "recital.preprocessors.corpora.embedded",
    "filelist": "recital.preprocessors.corpora.filelist",
    "folder": "recital.preprocessors.corpora.folder",
    "hifitts": "recital.preprocessors.corpora.hifitts",
    "kaldi": "recital.preprocessors.corpora.kaldi",
    "lhotse": "recital.preprocessors.corpora.lhotse",
    "libritts": "recital.preprocessors.corpora.libritts",
    "ljspeech": "recital.preprocessors.corpora.ljspeech",
    "mailabs": "recital.preprocessors.corpora.mailabs",
    "vctk": "recital.preprocessors.corpora.vctk",
}
