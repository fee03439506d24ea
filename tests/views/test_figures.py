"""Statistics on screen: what is chosen is asked, drawn and listed; a row opens its orders; file and paper say the same."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.queries.figure_cells import CATEGORY, CHANNEL, TILL
from desktop.queries.figure_spans import OWN, TODAY, YEAR
from desktop.queries.order_figures import BY_DAY, BY_HOUR, BY_MONTH, BY_WEEKHOUR, WHOLE
from desktop.queries.order_filter import IS, Clause
from desktop.services.export import Progress
from desktop.services.figures_export import export_figures
from desktop.shop import actors
from desktop.shop.shop import allow_every_thread, forbid_this_thread
from desktop.views.common.chart import loading
from desktop.views.common.print_sheet import PrintSheet
from desktop.views.common.span_sheet import SpanSheet
from desktop.views.figures.measures import AMOUNT, AVERAGE, GOODS, PIECES
from desktop.views.figures.screen import FiguresScreen
from desktop.views.figures.table import lines
from tests.helpers.desk import Desk

SATURDAY = 5


@pytest.fixture
def figures(desk: Desk, sample_file: str) -> Any:
    """The statistics of the sample shop, as its owner sees them, filled."""
    loading().finish()
    workspace = desk.sign_in(desk.open(sample_file))
    workspace.go("figures")
    screen = workspace.here
    assert isinstance(screen, FiguresScreen)
    desk.until(lambda: screen.found is not None)
    desk.quiet(desk.programs[0])
    return screen


def choose(desk: Desk, screen: FiguresScreen, control: Any, value: Any) -> None:
    """Pick from a segment or list, and wait for the answer."""
    before = screen.found
    control.set_value(value)
    control.picked.emit(value)
    desk.until(lambda: screen.found is not before)
    desk.quiet(desk.programs[0])


def outside(job: Any) -> Any:
    """Let the test itself ask the shop, as a lane does."""
    allow_every_thread()
    try:
        return job()
    finally:
        forbid_this_thread()


def texts(screen: FiguresScreen, row: int) -> list[str]:
    """What stands in a row."""
    model = screen.model
    return [str(model.index(row, place).data() or "") for place in range(model.columnCount())]


@pytest.mark.req("O17", "R1")
def test_figures_chart_and_table_tell_the_same(desk: Desk, figures: FiguresScreen) -> None:
    choose(desk, figures, figures.period, TODAY)
    assert figures.rows.value() == BY_HOUR
    found = figures.found
    assert found is not None
    assert [found.orders.now, found.amount.now, found.points.now] == [96, 842_650, 61_240]
    assert "8,426.50" in figures.keys.cards[AMOUNT].accessibleName()
    assert "12.4%" in figures.keys.cards[AMOUNT].accessibleDescription()
    assert texts(figures, 0)[1] == "96"
    assert sum(int(row[1]) for row in figures.chart.chart.table[1]) == 96
    assert "10:00–11:00" in figures.chart.head.hint.text()  # the busiest hour
    figures.keys.cards[AMOUNT].clicked.emit()
    assert figures.measure.value() == AMOUNT
    choose(desk, figures, figures.rows, BY_DAY)
    assert [row[1] for row in figures.chart.chart.table[1]] == ["¥8,426.50"]
    figures.keys.cards[AVERAGE].clicked.emit()
    assert [row[1] for row in figures.chart.chart.table[1]] == ["¥87.78"]
    choose(desk, figures, figures.split, CHANNEL)
    assert len(figures.model.rows) == 4
    figures.model.sort_asked.emit("orders", False)
    desk.until(lambda: figures.model.rows[1].orders == 20)
    choose(desk, figures, figures.split, CATEGORY)
    assert figures.measure.value() == GOODS
    assert texts(figures, 0)[6] == "—"
    choose(desk, figures, figures.period, YEAR)
    assert figures.rows.value() == BY_MONTH
    choose(desk, figures, figures.split, "")
    assert texts(figures, 2)[2] == "—"  # brought over: nobody knows the pieces
    hint = figures.chart.head.hint.text()
    figures.measure.set_value(PIECES)
    figures._draw()
    assert len(figures.chart.head.hint.text()) > len(hint)


@pytest.mark.req("O17")
def test_the_week_by_hours_is_walked_by_keys(desk: Desk, figures: FiguresScreen) -> None:
    choose(desk, figures, figures.rows, BY_WEEKHOUR)
    heat = figures.chart.heat
    assert heat.isVisible()
    assert not figures.chart._bars.isVisible()
    assert heat.peak == (SATURDAY, 10)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right):
        QTest.keyClick(heat, key)
    assert heat.at == (SATURDAY - 1, 11)
    assert "11:00–12:00" in heat.accessibleName()
    assert heat.place_at(heat._cell((SATURDAY, 10)).center()) == (SATURDAY, 10)
    best = next(row for row in figures.model.rows if (row.weekday, row.hour) == heat.peak)
    tenths = round(best.orders * 10 / 5)  # five Saturdays
    assert figures.chart.chart.table[1][SATURDAY][1 + 10 - heat._hours[0]] == f"{tenths // 10}.{tenths % 10}"
    QTest.keyClick(heat, Qt.Key.Key_Escape)
    assert not heat._tip.isVisible()
    choose(desk, figures, figures.rows, BY_DAY)
    assert not heat.isVisible()


@pytest.mark.req("O17")
def test_a_row_opens_its_orders_and_the_list_holds_as_many(desk: Desk, figures: FiguresScreen) -> None:
    went: list[tuple[str, dict[str, Any]]] = []
    go, context = figures._context.navigate, figures._context

    def note(key: str, item_id: int | None = None, **filters: Any) -> None:
        went.append((key, filters))

    context.navigate = note
    choose(desk, figures, figures.period, TODAY)
    hour = figures.model.rows[-1]
    figures.open_row(hour.id)
    assert went[-1][1]["since"] == datetime(2026, 11, 21, hour.hour - 8, tzinfo=UTC)
    choose(desk, figures, figures.rows, WHOLE)
    assert figures.split.value() == CHANNEL
    for split, name in ((CHANNEL, "channels"), (TILL, "clauses")):
        choose(desk, figures, figures.split, split)
        row = figures.model.rows[1]
        figures.table.opened.emit(row.id)
        key, filters = went[-1]
        assert key == "orders"
        assert filters[name] == ((row.part,) if split == CHANNEL else (Clause("till", IS, (row.part,)),))
    told = len(went)
    choose(desk, figures, figures.split, CATEGORY)
    figures.table.opened.emit(figures.model.rows[1].id)
    assert len(went) == told  # the control: categories have no such list
    context.navigate = go
    go("orders", **filters)
    workspace = desk.programs[0].workspace
    assert workspace is not None
    desk.until(lambda: workspace.key == "orders" and _listed(workspace) == row.orders)


def _listed(workspace: Any) -> int | None:
    """How many orders the list of orders holds."""
    total: int | None = workspace.here.list.model.total
    return total


@pytest.mark.req("O17")
def test_own_days_file_and_paper(desk: Desk, figures: FiguresScreen, tmp_path: Path) -> None:
    figures.period.set_value(OWN)
    figures.period.picked.emit(OWN)
    sheet = next(one for one in figures.findChildren(SpanSheet) if one.isVisible())
    sheet.first.set_day(date(2026, 11, 22))
    assert not sheet.ready()  # after the last
    sheet.first.set_day(date(2020, 1, 1))
    assert not sheet.ready()  # too many
    sheet.first.set_day(date(2026, 11, 16))
    sheet.submit()
    desk.until(lambda: figures.found is not None and figures.found.wanted.period == OWN)
    found = figures.found
    assert found is not None
    assert len(found.rows) == 7
    paper = lines(found, figures._context)
    assert paper[-1].cells[1] == f"{found.total.orders:,}"
    assert len(paper) == 4 + 7
    figures.open_print()
    assert [one for one in figures.findChildren(PrintSheet) if one.isVisible()]
    shop = figures._context.shop.acting_as(actors.console())
    for kind in ("csv", "xlsx"):
        path = tmp_path / f"figures.{kind}"
        assert outside(lambda path=path: export_figures(shop, found.wanted, path, Progress())) == 7
        if kind == "csv":
            with path.open(encoding="utf-8-sig") as file:
                rows = list(csv.reader(file))
        else:
            rows = [list(map(str, row)) for row in openpyxl.load_workbook(path).active.values]
        assert float(rows[-1][3]) == found.total.orders
        assert float(rows[-1][5]) * 100 == pytest.approx(found.total.amount_minor)
