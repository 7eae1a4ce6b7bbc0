"""What `make bench` measures, one file per scenario; `catalogue` names them in the order of a run."""
