"""Every ready idea can be saved as it is, in each language."""

from __future__ import annotations

import pytest

from desktop.basics.i18n import _, speaking
from desktop.rules.editing import save_rule
from desktop.rules.ideas import IDEAS, spec_of
from desktop.rules.lists import rule_detail
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import set_up


@pytest.mark.req("R6")
@pytest.mark.parametrize("code", ["zh_CN", "en"])
def test_each_idea_is_a_whole_rule(sqlite_shop: Shop, code: str) -> None:
    shop = set_up(sqlite_shop).acting_as(actors.console())
    with speaking(code):
        for idea in IDEAS:
            made = shop.ask(rule_detail, shop.do(save_rule, None, _(idea.name), spec_of(idea)))
            assert made.version == 1
