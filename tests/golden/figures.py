#!/usr/bin/env python3
"""What PyTorch 1.13.1 gives for the figures of the lectures, into apps/APP/figures.csv.

    figures.py mlp --names FILE --column lecture       (a python3 with torch and numpy; FILE: the lecture's names.txt)
    figures.py mlp --column embedded                   (data/names.txt)
    figures.py gpt --text FILE --column lecture        (the lecture's tinyshakespeare.txt; else data/as_you_like_it.txt)

The lectures' mathematics is written in PyTorch in reference/APP.py; nothing of the apps is used. Several APPs share
the networks that both train. A network of 200,000 steps takes one to four minutes.
"""
import argparse
import importlib
import os
import pathlib

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # which torch.set_num_threads does not reach, and two threads wait for each other

import torch

from reference.stream import Data
from reference.table import Table

ROOT = pathlib.Path(__file__).resolve().parents[2]
APPS = sorted(table.parent.name for table in ROOT.glob("apps/*/figures.csv"))


def main():
    parser = argparse.ArgumentParser(description="PyTorch's values for apps/APP/figures.csv")
    parser.add_argument("apps", nargs="+", choices=APPS, metavar="APP")
    parser.add_argument("--names", default=ROOT / "data" / "names.txt")
    parser.add_argument("--text", default=ROOT / "data" / "as_you_like_it.txt", type=pathlib.Path)
    parser.add_argument("--column", required=True, choices=("lecture", "embedded"))
    flags = parser.parse_args()
    torch.set_num_threads(1)
    data = Data(flags.names)
    data.text_file = flags.text
    for app in flags.apps:
        table = Table()
        importlib.import_module(f"reference.{app}").figures(table, data)
        table.write(ROOT / "apps" / app / "figures.csv", flags.column)


if __name__ == "__main__":
    main()
