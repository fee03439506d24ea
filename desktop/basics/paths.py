"""Where things lie: the program's resources, and this machine's data folder."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path


@cache
def resources() -> Path:
    """The folder of icons, fonts, catalogues and pages that ships with the program."""
    bundle = getattr(sys, "_MEIPASS", None)
    base = Path(bundle) if bundle else Path(__file__).resolve().parents[2]
    return base / "resources"


def data_folder() -> Path:
    """This user's folder for databases and settings of this machine (`ZHANGGUI_HOME` overrides it)."""
    import platformdirs

    chosen = os.environ.get("ZHANGGUI_HOME")
    folder = Path(chosen) if chosen else Path(platformdirs.user_data_dir("zhanggui", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
