"""掌柜 Zhanggui: the program a small shop runs on."""

__version__ = "0.1.0"
