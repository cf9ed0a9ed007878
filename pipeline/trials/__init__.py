"""Long trials, as commands: ``uppdrag trial kills`` and ``uppdrag trial damage`` of what a run promises, ``uppdrag trial reviewers`` and
``uppdrag trial review-speed`` of what the review does. Each works in a folder of its own, with real runs and real servers."""
