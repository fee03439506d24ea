"""What buyers say about goods: taken over from orders, allowed or hidden, answered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.models.orders import Order, OrderLine, OrderReview
from desktop.models.people import Permission
from desktop.models.products import Sku
from desktop.models.shelves import Review
from desktop.shop.action import action
from desktop.shop.work import Work

STATES = ("new", "shown", "hidden")
LONGEST_ANSWER = 1_000


@action(permission=Permission.EDIT_GOODS)
def judge_reviews(work: Work, review_ids: Sequence[int], state: str) -> dict[int, str]:
    """Show, hide or set reviews back to new; returns the state of each that changed, for undo."""
    if state not in STATES:
        raise Malformed(N_("A review is new, shown or hidden."))
    before = {}
    for review_id in sorted(set(review_ids)):
        review = work.get(Review, review_id, lock=True)
        if review.state != state:
            before[review_id] = review.state
            review.state, review.judged_at, review.judged_by = state, work.now, work.actor.key
            work.touch("product", review.product_id)
    return before


@action(permission=Permission.EDIT_GOODS)
def answer_review(work: Work, review_id: int, text: str) -> str:
    """Answer a review, or take the answer away with an empty text; returns the answer before."""
    review = work.get(Review, review_id, lock=True)
    before, review.answer = review.answer, text.strip()[:LONGEST_ANSWER]
    return before


def adopt_order_reviews(work: Work, order_ids: Sequence[int]) -> int:
    """Make what buyers said about these orders reviews of their goods; returns how many came. Never twice."""
    if not order_ids:
        return 0
    columns = (OrderReview.id, OrderReview.score, OrderReview.title, OrderReview.message, OrderReview.at)
    statement = (
        select(*columns, Sku.product_id, Order.id.label("order_id"), Order.member_id)
        .join(Order, Order.id == OrderReview.order_id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .where(OrderReview.order_id.in_(order_ids))
        .distinct()
    )
    rows = [
        {
            "product_id": r.product_id, "order_id": r.order_id, "member_id": r.member_id,
            "score": min(5, max(1, r.score)), "message": f"{r.title} {r.message}".strip(), "state": "new",
            "answer": "", "source": f"order_review:{r.id}", "at": r.at, "judged_by": "",
        }
        for r in work.rows(statement)
    ]  # fmt: skip
    if rows:
        taken = work.insert(Review).on_conflict_do_nothing(index_elements=["source", "product_id"])
        work.rows(taken, rows)
        work.touch("review", 0)
        work.note(reviews=len(rows))
    return len(rows)
