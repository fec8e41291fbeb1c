"""What is tried in memory, held against the real thing."""

import subprocess

from stage import places
from stage.checks import expect_equal
from stage.runner import scenario

BED = "own"  # It destroys volumes.
SECONDS = 120


def ended_well(scene, program, *arguments):
    """A program of the tests, on the scene's bed; its last line counts."""
    path = places.ROOT / "build/dev/tests" / program
    ended = subprocess.run([path, *map(str, arguments)], capture_output=True, text=True, check=False)
    expect_equal(ended.returncode, 0, f"{path.name} on {scene.bed.folder}\n{ended.stdout}{ended.stderr}")


@scenario("a real control plane keeps the contract of the cluster in memory")
def contract(scene):
    ended_well(scene, "memory-cluster/contract", scene.bed.folder)


@scenario("200 steps of random histories cost nobody their data on a real control plane")
def histories(scene):
    ended_well(scene, "histories/histories", "--bed", scene.bed.folder,
               "--histories", 10, "--steps", 20, "--seed", 1)
