"""Long work: the engine, the run folder, progress, cancel."""
