"""Shop-wide settings: each value is checked against the registry before it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desktop.basics.errors import NotFound, Refused, ShopError
from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.models.settings import REGISTRY, SHOP_CURRENCY, SHOP_NAME, SHOP_SAMPLE, SHOP_ZONE
from desktop.models.system import Setting
from desktop.services.order_queue import MOVERS, bring_forward
from desktop.shop.action import action
from desktop.shop.work import Work

FIXED = frozenset({SHOP_CURRENCY.key, SHOP_SAMPLE.key})  # decided when the shop was set up
Value = int | str | bool


@action(permission=Permission.SETTINGS)
def set_setting(work: Work, key: str, value: Value) -> None:
    """Change one setting. Raises `ShopError` naming the limit."""
    set_settings.run(work, {key: value})


@action(permission=Permission.SETTINGS)
def set_settings(work: Work, values: Mapping[str, Value]) -> None:
    """Change several settings, all or none."""
    for key, value in sorted(values.items()):
        _set(work, key, value)
    if any(key in MOVERS for key in values):
        work.flush()
        bring_forward(work)


def _set(work: Work, key: str, value: Value) -> None:
    spec = REGISTRY.get(key)
    if spec is None:
        raise NotFound(N_("There is no setting “{key}”."), key=key)
    if key in FIXED:
        raise Refused(N_("“{label}” was decided when the shop was set up and stays."), label=_(spec.label))
    if isinstance(value, str):
        value = value.strip()
    text = json.dumps(spec.check(value), ensure_ascii=False)
    if key == SHOP_ZONE.key:
        _check_zone(str(value))
    if key == SHOP_NAME.key and not value:
        raise ShopError(N_("A shop needs a name."))
    kept = work.session.get(Setting, key)
    if kept is None:
        work.add(Setting(key=key, value=text))
    else:
        kept.value = text


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ShopError(N_("“{zone}” is not a time zone. Type it like Asia/Shanghai."), zone=name) from None
