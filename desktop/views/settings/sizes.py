"""Bytes as people read them."""


def size_text(size: int) -> str:
    """`82.4 MB`."""
    for unit, step in (("GB", 1 << 30), ("MB", 1 << 20)):
        if size >= step:
            tenths = (size * 10 + step // 2) // step
            return f"{tenths // 10:,}.{tenths % 10} {unit}"
    return f"{(size + 1023) // 1024} kB"
