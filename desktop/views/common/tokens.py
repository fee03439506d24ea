"""Every colour, type style and radius of the product: the only place where colours are written."""

from typing import Final, Literal

Mode = Literal["light", "dark"]

# token: (light, dark)
COLORS: Final[dict[str, tuple[str, str]]] = {
    "canvas": ("#ECEBE6", "#0F1110"),
    "page": ("#F7F6F3", "#161918"),
    "surface": ("#FFFFFF", "#1D2120"),
    "subtle": ("#F9F8F6", "#212524"),
    "sunken": ("#F0EFEA", "#121514"),
    "hover": ("#F4F3EF", "#262B29"),
    "selected": ("#E4F1EE", "#17352F"),
    "divider": ("#ECEAE4", "#282D2B"),
    "border": ("#E3E1DA", "#2E3432"),
    "border_strong": ("#CFCCC3", "#434A47"),
    "border_input": ("#8B8981", "#76807C"),
    "text": ("#1B1A17", "#EEEFEC"),
    "text2": ("#55534C", "#B7BCB8"),
    "text3": ("#6B6960", "#939A96"),
    "disabled": ("#A6A49B", "#626866"),
    "primary": ("#0B655B", "#3FB7A5"),
    "primary_hover": ("#09564D", "#57C6B5"),
    "primary_press": ("#07473F", "#6FD3C4"),
    "primary_subtle": ("#E1F0ED", "#16332E"),
    "primary_border": ("#A5CFC8", "#2A5E55"),
    "primary_text": ("#0A5A51", "#62CDBD"),
    "on_primary": ("#FFFFFF", "#04211D"),
    "focus": ("#0B655B", "#57C6B5"),
    "success": ("#2C7F46", "#4CB16C"),
    "success_bg": ("#E4F2E7", "#16301F"),
    "success_fg": ("#1E6234", "#7FD39A"),
    "warn": ("#C76A0A", "#E39A3C"),
    "warn_bg": ("#FDF0DE", "#38280F"),
    "warn_fg": ("#874706", "#F2BC72"),
    "danger": ("#BE2B22", "#EA6A5E"),
    "danger_bg": ("#FCEAE7", "#3B1C19"),
    "danger_fg": ("#A3211A", "#F6A59C"),
    "on_danger": ("#FFFFFF", "#2A0806"),
    "info": ("#2C66B8", "#6C9FE6"),
    "info_bg": ("#E7EFFA", "#18283F"),
    "info_fg": ("#1E5299", "#A2C3F3"),
    "points": ("#B98A0F", "#DDB54A"),
    "points_bg": ("#FAF2D8", "#332A10"),
    "points_fg": ("#725400", "#EBCB72"),
    "neutral": ("#8B8981", "#818986"),
    "neutral_bg": ("#EDEBE5", "#2B302E"),
    "neutral_fg": ("#4C4A43", "#C3C8C4"),
    "c1": ("#0B655B", "#35A596"),
    "c2": ("#C77D1D", "#E3A14B"),
    "c3": ("#5B7FB8", "#7FA3DD"),
    "c4": ("#B5655A", "#DB8A7E"),
    "c5": ("#8C8A5C", "#B3B17C"),
    "c1_soft": ("#8CC2B9", "#245A52"),
    "chart_grid": ("#ECEAE4", "#2A302E"),
    "toast": ("#1F2423", "#2F3634"),
    "on_dark": ("#F5F4F0", "#F5F4F0"),
    "on_dark2": ("#B9BCB9", "#B9BCB9"),
    "seal": ("#BF3426", "#D24A3A"),
    # On the dark toast, bulk bar and chart tip; the same in both modes.
    "toast_key": ("#4A504E", "#565D5A"),
    "toast_line": ("#4A504E", "#565D5A"),
    "toast_button": ("#FFFFFF", "#FFFFFF"),
    "toast_button_text": ("#1B1A17", "#1B1A17"),
    "toast_success": ("#7FD39A", "#7FD39A"),
    "toast_danger": ("#F6A59C", "#F6A59C"),
    "tip_c1": ("#35A596", "#35A596"),
    "tip_c1_soft": ("#A9D9D1", "#A9D9D1"),
    "tip_other": ("#B9BCB9", "#B9BCB9"),
    "seal_paper": ("#FFFFFF", "#FFFFFF"),
    # Payment brands, inside their tile only.
    "brand_wechat": ("#07A853", "#07A853"),
    "brand_alipay": ("#1668DC", "#1668DC"),
    "brand_card": ("#5B6B8F", "#5B6B8F"),
    "brand_cash": ("#8A6A2F", "#8A6A2F"),
    "brand_points": ("#B98A0F", "#B98A0F"),
    "on_brand": ("#FFFFFF", "#FFFFFF"),
    # The gold tier card, from its light to its deep end, and its ink.
    "gold_from": ("#E3C678", "#E3C678"),
    "gold_to": ("#C89B3A", "#C89B3A"),
    "gold_ring": ("#D9B65F", "#D9B65F"),
    "gold_ink": ("#3A2A00", "#3A2A00"),
    "highlight": ("#FCE9C4", "#54431A"),
    "scrim": ("#1418176E", "#1418176E"),
    "scrim_kiosk": ("#0A0C0BA6", "#0A0C0BA6"),
}

# A person's round tile: (background, letter), light and dark; chosen by the name.
AVATARS: Final[tuple[tuple[tuple[str, str], tuple[str, str]], ...]] = (
    (("#F8E3CF", "#8A4B12"), ("#42290F", "#F2BC72")),
    (("#E9E0F3", "#5B3D8A"), ("#34254A", "#CDB4EE")),
    (("#DCEBE7", "#0A5A51"), ("#16332E", "#62CDBD")),
    (("#DCE6F7", "#1E5299"), ("#1B2C4A", "#A2C3F3")),
    (("#E8E7D2", "#5C5A2C"), ("#33331D", "#CFCD9B")),
    (("#F7DFDC", "#98302A"), ("#431F1C", "#F6A59C")),
)

# size px, line px, weight
TYPE: Final[dict[str, tuple[int, int, int]]] = {
    "display": (30, 38, 600),
    "number": (26, 32, 600),
    "number_s": (23, 30, 600),
    "h1": (20, 28, 600),
    "h2": (16, 24, 600),
    "h3": (14, 22, 600),
    "body": (14, 22, 400),
    "body_m": (14, 22, 500),
    "small": (13, 20, 400),
    "small_m": (13, 20, 500),
    "small_b": (13, 20, 600),
    "cap": (12, 18, 400),
    "cap_m": (12, 18, 500),
    "cap_b": (12, 18, 600),
    "micro": (11, 16, 500),
}

FAMILIES: Final = ("Inter", "Noto Sans SC", "Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC")
TEXT_SIZES: Final = (100, 115, 130)
DENSITIES: Final[dict[str, tuple[int, int]]] = {
    "compact": (34, 46),
    "standard": (40, 56),
    "relaxed": (52, 64),
}

# Foreground and background tokens that are shown as text on something (4.5:1 is checked by a test).
TEXT_PAIRS: Final[tuple[tuple[str, str], ...]] = (
    *(
        (fg, bg)
        for fg in ("text", "text2")
        for bg in ("canvas", "page", "surface", "subtle", "sunken", "hover", "selected")
    ),
    *(("text3", bg) for bg in ("canvas", "page", "surface", "subtle")),
    *(("primary_text", bg) for bg in ("page", "surface", "subtle", "primary_subtle", "selected")),
    *(("on_primary", bg) for bg in ("primary", "primary_hover", "primary_press")),
    *((f"{tone}_fg", f"{tone}_bg") for tone in ("success", "warn", "danger", "info", "points", "neutral")),
    *((f"{tone}_fg", "surface") for tone in ("success", "warn", "danger", "info", "points", "neutral")),
    ("on_danger", "danger"),
    ("on_dark", "toast"),
    ("on_dark2", "toast"),
    ("toast_button_text", "toast_button"),
    ("gold_ink", "gold_to"),
    ("text", "highlight"),
)
EDGE_PAIRS: Final[tuple[tuple[str, str], ...]] = (
    ("border_input", "surface"),
    ("focus", "surface"),
    ("focus", "page"),
    *((series, "surface") for series in ("c1", "c2", "c3")),
)

# Product tiles: ground in light and dark, then the inks of the motif (a main, b deep, c pale, d accent).
PICTURES: Final[dict[str, tuple[str, str, dict[str, str]]]] = {
    "jar": ("#DDEBDD", "#28462F", {"a": "#2F7A50", "b": "#1F4A35", "c": "#F6F1E0", "d": "#4E9468"}),
    "milk": ("#DFE9F4", "#283C53", {"a": "#4C86C8", "b": "#356BA8", "c": "#FFFFFF", "d": "#D3DAE3"}),
    "yogurt": ("#F3E4EA", "#532839", {"a": "#C64F77", "b": "#8E2E50", "c": "#FFFFFF", "d": "#EAB3C5"}),
    "cake": ("#F6E7D6", "#533F28", {"a": "#C94F3E", "b": "#9E3427", "c": "#FFF6E6", "d": "#F3DDB8"}),
    "tea": ("#F4EAD2", "#534628", {"a": "#B7821F", "b": "#976514", "c": "#FFF8E6", "d": "#E4A72E"}),
    "honey": ("#FBEFC9", "#534828", {"a": "#F3B431", "b": "#D9672B", "c": "#FFF7E0", "d": "#F7CE6B"}),
    "pouch": ("#F3E3CC", "#534128", {"a": "#C77D2B", "b": "#8F5414", "c": "#FFF6E6", "d": "#6B3F1A"}),
    "tissue": ("#E4EAF2", "#283A53", {"a": "#5C86BC", "b": "#3F6699", "c": "#FFFFFF", "d": "#8AB0DA"}),
    "rice": ("#E6ECDD", "#414F2C", {"a": "#F3EEDD", "b": "#7A9C45", "c": "#FFFFFF", "d": "#5D7C31"}),
    "nuts": ("#EFE5D8", "#534028", {"a": "#9A5B33", "b": "#6E3D1E", "c": "#F6EBDD", "d": "#B97B4B"}),
    "cracker": ("#E2EEF0", "#2A4B51", {"a": "#2F8A9A", "b": "#226D7B", "c": "#F0D596", "d": "#C79F4E"}),
    "bottle": ("#E0EDE9", "#24443D", {"a": "#6FB7A8", "b": "#2F7D70", "c": "#F2FAF8", "d": "#A9D9CF"}),
    "fruit": ("#FBE6DC", "#53301F", {"a": "#E0673A", "b": "#B6481F", "c": "#FFF1E6", "d": "#5F8F3C"}),
    "box": ("#ECE9E1", "#3B3A34", {"a": "#C9A777", "b": "#A5824F", "c": "#F3E6CF", "d": "#8A6A3C"}),
}
