"""Places: where things are in this repository."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
CLUSTER = ROOT / "tests" / "cluster"
EXAMPLE = ROOT / "repo-layout" / "example"
