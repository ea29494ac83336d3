"""The files of the tree, as the checks see it: no build, no git. Works in an export as well as in a clone."""
import os
from pathlib import Path

NOT_OURS = {"build", ".git", "__pycache__", "node_modules"}


def files(root, *suffixes):
    """Paths relative to `root`, sorted; all of them, or those with one of these suffixes."""
    found = []
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(set(inner) - NOT_OURS)
        found += [str((Path(folder) / name).relative_to(root)) for name in names
                  if not suffixes or Path(name).suffix in suffixes]
    return sorted(found)
