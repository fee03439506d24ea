"""`python -m tests.bench.import_memory ROWS`: peak memory in KB and seconds between words of progress of one import."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path

from desktop.services.imports.desk import Desk
from tests.bench.imports import _opened

PAGE_KB = 4


def resident() -> int:
    """Memory of this process now, in KB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_KB


def goods(path: Path, rows: int) -> Path:
    """A table of goods."""
    with path.open("w", encoding="utf-8") as file:
        file.write("商品名称,条码,编码,售价,进价,单位,库存,分类\n")
        for i in range(rows):
            file.write(f"商品{i},69{i:011d},C{i},{i % 90}.50,{i % 50}.25,件,{i % 100},分类{i % 20}\n")
    return path


def main() -> None:
    """Import, watching."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shop = _opened(home / "shop.db")
        file = goods(home / "goods.csv", int(sys.argv[1]))
        before, peak, stop, told = resident(), [0], threading.Event(), [0]

        def watch() -> None:
            while not stop.wait(0.02):
                peak[0] = max(peak[0], resident())

        def tell(_done: int, _all: int) -> bool:
            told[0] += 1
            return True

        watcher = threading.Thread(target=watch)
        watcher.start()
        began = time.perf_counter()
        desk = Desk(shop)
        desk.open([file], progress=tell)
        desk.choose("goods")
        desk.write(desk.check(progress=tell), progress=tell)
        took = time.perf_counter() - began
        stop.set()
        watcher.join()
        desk.close()
        shop.storage.close()
    print(peak[0] - before, took / max(1, told[0]))


if __name__ == "__main__":
    main()
