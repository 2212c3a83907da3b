"""The benchmarks are commands beside each other: their tests find them as the commands find one another."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
