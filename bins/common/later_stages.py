"""What the stages after the first would refuse in a config, found before hours of work. Torch is
imported where the work is done: stage 1 that has none to do needs no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from recital.bins.common.experiment import Experiment
from recital.bins.common.fine_tuning import starting_point
from recital.models import build, entry
from recital.processors.text import TextProcessor, symbols_for
from recital.processors.text.lexicon import with_lexicon
from recital.utils.config import Tree
from recital.utils.errors import CheckpointError, ConfigError
from recital.utils.training.train_config import TrainConfig

if TYPE_CHECKING:
    from recital.modules.contract.model import Model


def check_later_stages(configs: Sequence[tuple[Experiment, Tree]], source: str) -> None:
    """Check the text front end, the model and its training. `configs` are those that the file
    `source` may become. Raises `ConfigError`, and `RecitalError` for a package that is missing.
    """
    from recital.utils.work import Unfilled

    for experiment, tree in configs:
        # whether there are several speakers is not known yet: refused is what neither would do
        refused = []
        for speakers in [experiment.speakers] if experiment.speakers else (["a"], ["a", "b"]):
            try:
                text, resolved = resolve(experiment, tree, speakers)
                if text is not None:
                    text.encode_many([""], silent=True)
                if experiment.finetune_from is not None:
                    model = build_to_train(resolved, experiment.train)
                    check_weights(model, experiment.finetune_from, resolved)
                    break
                with Unfilled():
                    build_to_train(resolved, experiment.train)
                break
            except (ConfigError, CheckpointError) as error:
                refused.append(error)
        else:
            raise type(refused[0])(f"{source}: {refused[0]}")


def check_weights(model: Model, voice: str, config: Tree) -> None:
    """Raise `CheckpointError` if the weights of `finetune_from` are of another shape."""
    from recital.models.adapt import adapt_weights
    from recital.utils import checkpoint
    from recital.utils.training.training_state import set_initial_weights

    place = starting_point(voice, config["model_type"])
    weights = checkpoint.read_tensors(place / checkpoint.MODEL)
    before = checkpoint.read_json(place / checkpoint.CONFIG)
    set_initial_weights(place, model, adapt_weights(model, weights, before, config)[0])


def resolve(
    experiment: Experiment, tree: Tree, speakers: Sequence[str]
) -> tuple[TextProcessor | None, Tree]:
    """The text front end of a model of texts, else None; and the config with all that a checkpoint
    needs to speak without its corpus: lexicon, symbols and speakers.
    """
    if experiment.text is None:
        return None, tree
    symbols = experiment.symbols or symbols_for(experiment.text)
    own = {"text": with_lexicon(tree["text"]), "symbols": list(symbols), "speakers": [*speakers]}
    return TextProcessor(experiment.text, symbols), {**tree, **own}


def build_to_train(config: Tree, train: TrainConfig) -> Model:
    """The model of a resolved config, with new weights. Raises `ConfigError` if it cannot be built,
    or trained as the config says.
    """
    from recital.modules.contract.model import Vocoder
    from recital.processors.dataset import check_needs
    from recital.utils.training.checks import check_best_by, check_trainable

    needs = frozenset({"tokens"} if entry(config["model_type"]).kind == "acoustic" else ())
    of_texts = config.get("text") is not None
    check_needs(needs, of_texts=of_texts, segment_frames=train.segment_frames)
    model = build(config)
    check_trainable(model, train)
    figures = ["total", *sorted(chain.from_iterable(model.losses.values()))]
    if isinstance(model, Vocoder):
        from recital.processors.evaluation.waves import FIGURES

        figures += FIGURES
    check_best_by(train, figures)
    return model
