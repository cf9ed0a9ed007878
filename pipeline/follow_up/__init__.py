"""Assignments followed through documents: the threads in the database (relink.py), and how each stands on a day (state.py).

NOTE: linking is asked for by its own module: it takes the rules and the comparing of wordings along, a sixth of the time of writing a list.
"""

from pipeline.follow_up.state import Followed, Source, state_as_of

__all__ = ["Followed", "Source", "state_as_of"]
