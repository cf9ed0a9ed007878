"""Long trials of a run's promises, as commands: ``uppdrag trial kills`` and ``uppdrag trial damage``. Each starts real runs of
``uppdrag ingest`` in a folder of its own and compares what their databases hold."""
