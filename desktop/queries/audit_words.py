"""What every deed and every recorded look is called in the audit trail."""

from __future__ import annotations

from desktop.basics.i18n import N_, _

ACTION_WORDS: dict[str, str] = {
    "beat.confirm_clock": N_("Confirmed the machine’s time"),
    "beat.doubt_clock": N_("Doubted the machine’s time"),
    "beat.finish_sweep": N_("Finished a look at everything due"),
    "beat.give_up_lease": N_("Handed the clock over"),
    "beat.take_lease": N_("Took the clock"),
    "editing.put_rule_back": N_("Put a rule back"),
    "editing.remove_rule": N_("Removed a rule"),
    "editing.restore_rule": N_("Went back to an earlier rule"),
    "editing.resume_rule": N_("Let a rule act again"),
    "editing.save_rule": N_("Saved a rule"),
    "editing.switch_rule": N_("Switched a rule on or off"),
    "firing.arm_again": N_("Armed a rule again for goods that recovered"),
    "firing.fire": N_("A rule acted"),
    "firing.pause_broken": N_("Paused a rule that can’t act"),
    "firing.record_failure": N_("A rule failed"),
    "shipped.add_shipped_rules": N_("Added the rules every shop starts with"),
    "sample.write_runs": N_("Wrote the sample shop’s run log"),
    "members.sign_up": N_("Signed up a member"),
    "members.edit_member": N_("Edited a member"),
    "members.change_phone": N_("Changed a member’s phone number"),
    "members.set_tier": N_("Changed a member’s tier"),
    "members.add_tag": N_("Tagged a member"),
    "members.remove_tag": N_("Took a tag off a member"),
    "members.adjust_points": N_("Corrected points"),
    "members.member_phone": N_("Looked at a phone number"),
    "members.members_to_export": N_("Exported the list of members"),
    "member_history.points_to_export": N_("Exported a points ledger"),
    "settings.set_setting": N_("Changed a setting"),
    "settings.set_settings": N_("Changed settings"),
    "staff.record_staff": N_("Added a person"),
    "staff.edit_staff": N_("Edited a person"),
    "staff.set_active": N_("Switched a person on or off"),
    "staff.record_password": N_("Set a password"),
    "staff.record_pin": N_("Set a PIN"),
    "staff.set_rights": N_("Changed what roles may do"),
    "categories.add_category": N_("Added a category"),
    "categories.move_category": N_("Moved a category"),
    "categories.remove_category": N_("Removed a category"),
    "categories.rename_category": N_("Renamed a category"),
    "checks.record_check": N_("Kept what a check found"),
    "check_job.record_and_tell": N_("Kept what a check found"),
    "checkout.agree_by_staff": N_("Confirmed points for a member"),
    "checkout.drop_checkout": N_("Cleared a sale"),
    "checkout.issue_kiosk_code": N_("Sent a code for the kiosk"),
    "checkout.join_by_phone": N_("Put a member on a sale"),
    "checkout.leave_member": N_("Took a member off a sale"),
    "checkout.offer_to_phone": N_("Showed a code for the phone"),
    "checkout.save_checkout": N_("Scanned goods"),
    "checkout.try_kiosk_code": N_("Typed a code at the kiosk"),
    "fulfilment.cancel_order": N_("Cancelled an order"),
    "fulfilment.cancel_paid_order": N_("Cancelled a paid order"),
    "fulfilment.pay_order": N_("Took a payment"),
    "fulfilment.receive_order": N_("Marked an order as received"),
    "fulfilment.ship_order": N_("Shipped an order"),
    "fulfilment.undo_shipment": N_("Took a shipment back"),
    "goods.record_run": N_("Finished an import"),
    "goods.write_goods": N_("Imported goods"),
    "notices.read_all_notices": N_("Read all messages"),
    "notices.read_notice": N_("Read a message"),
    "notices.reset_template": N_("Went back to the shipped words of a message"),
    "notices.save_template": N_("Changed the words of a message"),
    "opening.set_up": N_("Opened the shop"),
    "parcels.open_parcel": N_("Delivered a message"),
    "sending.claim_row": N_("Took up something to send"),
    "sending.record_outcome": N_("Sent something"),
    "ways_out.record_channel": N_("Changed a chat or text-message service"),
    "ways_out.record_mail_server": N_("Changed the mail server"),
    "ways_out.remove_channel": N_("Removed a chat or text-message service"),
    "ways_out.switch_channel": N_("Switched a chat or text-message service"),
    "order_detail.order_contact": N_("Looked at an order’s phone and address"),
    "order_draft.draft_now": N_("Looked at an order to edit it"),
    "order_export.export_begins": N_("Exported a list"),
    "chasing.give_late_reason": N_("Said why an order is late"),
    "order_queue.release_order": N_("Let an order out of the queue"),
    "order_tags.tag_order": N_("Tagged an order"),
    "order_tags.untag_order": N_("Took a tag off an order"),
    "orders.add_note": N_("Noted something on an order"),
    "orders.create_order": N_("Wrote an order"),
    "orders.edit_order": N_("Edited an order"),
    "orders.write_orders": N_("Imported orders"),
    "outbox.retry_outbox": N_("Tried again what could not be sent"),
    "phone.agree": N_("Confirmed points on the phone"),
    "phone.choose_points": N_("Chose points on the phone"),
    "phone.issue_phone_code": N_("Sent a code to the phone"),
    "phone.leave": N_("Left a sale on the phone"),
    "phone.take_offer": N_("Joined a sale by phone"),
    "phone.try_phone_code": N_("Typed a code on the phone"),
    "phone_inbox.issue_inbox_code": N_("Sent a code for the inbox"),
    "phone_inbox.leave_inbox": N_("Left the inbox on the phone"),
    "phone_inbox.read_member_inbox": N_("Read messages on the phone"),
    "phone_inbox.try_inbox_code": N_("Typed a code for the inbox"),
    "pictures.remove_image": N_("Removed a photo"),
    "pictures.set_image": N_("Set a photo"),
    "products.add_barcode": N_("Added a barcode"),
    "products.add_unit": N_("Added a unit"),
    "products.create_product": N_("Added goods"),
    "products.edit_product": N_("Edited goods"),
    "products.remove_barcode": N_("Removed a barcode"),
    "products.remove_unit": N_("Removed a unit"),
    "products.set_on_shelf": N_("Put goods on or off the shelf"),
    "products.set_prices": N_("Changed prices"),
    "refunds.refund_lines": N_("Refunded"),
    "repairs.repair_order": N_("Repaired a stuck order"),
    "repairs.repair_points": N_("Put wrong points right"),
    "replenishment.change_quantity": N_("Changed a restock quantity"),
    "replenishment.dismiss_list": N_("Dismissed a restock list"),
    "replenishment.draft_now": N_("Reckoned the restock list"),
    "replenishment.mark_ordered": N_("Marked a restock list as ordered"),
    "replenishment.put_line_back": N_("Put goods back on the restock list"),
    "replenishment.remove_line": N_("Left goods off the restock list"),
    "replenishment.reopen_list": N_("Opened a restock list again"),
    "sample.fill": N_("Made the sample data"),
    "report_days.report_days": N_("Exported a report by day"),
    "saved_views.remove_view": N_("Removed a saved view"),
    "saved_views.save_view": N_("Saved a view"),
    "settlement.settle": N_("Settled a sale"),
    "sign_in.count_try": N_("Tried to sign in"),
    "sign_in.forget_tries": N_("Opened the sign-in brake"),
    "sign_in.record_sign_in": N_("Signed in"),
    "stock.adjust_stock": N_("Corrected stock"),
    "stock.receive_stock": N_("Received goods"),
    "tills.add_till": N_("Added a till"),
    "tills.rename_till": N_("Renamed a till"),
    "stock.set_levels": N_("Changed stock levels"),
}

ACTORS = {
    "kiosk": N_("Self-checkout"),
    "member": N_("A member’s phone"),
    "phone": N_("An unknown phone"),
    "clock": N_("The clock"),
    "console": N_("The owner’s terminal"),
    "guest": N_("Nobody signed in"),
    "staff": N_("Somebody"),
}
TABLES = {
    "member": N_("{count} members"),
    "points_entry": N_("{count} points entries"),
    "sale_order": N_("{count} orders"),
    "stock": N_("{count} stocks"),
    "product": N_("{count} products"),
    "setting": N_("Settings"),
    "staff": N_("Staff"),
    "role_permission": N_("Rights"),
    "refund": N_("{count} refunds"),
}


def actor_words(actor: str, name: str) -> str:
    """Who it was: the person's or device's name, else the kind of actor."""
    if name:
        return _(name)
    kind, _sep, number = actor.partition(":")
    words = _(ACTORS[kind]) if kind in ACTORS else kind
    return f"{words} {number}".strip() if kind in ("staff", "member", "kiosk") else words


def table_words(table: str, count: int) -> str:
    """What was touched; nothing for tables that say little to people."""
    words = TABLES.get(table)
    return _(words).format(count=count) if words and (count or "{count}" not in words) else ""


def action_words(action: str) -> str:
    """The words of an action or question; its own name while it has none."""
    words = ACTION_WORDS.get(action)
    return _(words) if words else action
