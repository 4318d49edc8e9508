"""PostGraphile as a peer: installed from its lock where npm is, left out with a note where it is not."""

import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.installation import Server

HERE = Path(__file__).parent


def install() -> str | None:
    """Install it. Out: why it cannot be measured, or None."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "node and npm are not installed"
    if not (HERE / "node_modules").exists():
        command = ["npm", "ci", "--loglevel=error", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"npm ci failed: {' '.join(done.stderr.split())[:200]}"
    return None


def serve(database_url: str, folder: Path, *, processes: int) -> Server:
    """As many processes as the product has."""
    command = ["node", str(HERE / "postgraphile.mjs"), "{port}", str(processes), database_url]
    environment = os.environ | {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    return Server("postgraphile", command, environment, folder)
