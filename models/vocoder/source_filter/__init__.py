"""A source-filter vocoder that a CPU can train."""

from recital.models.vocoder.source_filter.model import SourceFilter

__all__ = ["SourceFilter"]
