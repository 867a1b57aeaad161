"""
Simulation: one integer decides a whole world, and the promises are asked of it.
"""

from posgo.testing.simulate._bugs import BUGS
from posgo.testing.simulate._shrinking import shrunk
from posgo.testing.simulate._simulation import Outcome, replay, run

__all__ = ["BUGS", "Outcome", "replay", "run", "shrunk"]
