"""Assignments followed through documents: the threads in the database, and how each stands on a day."""

from pipeline.follow_up.relink import Linker, Relinked, update, update_decided
from pipeline.follow_up.state import Followed, Source, state_as_of

__all__ = ["Followed", "Linker", "Relinked", "Source", "state_as_of", "update", "update_decided"]
