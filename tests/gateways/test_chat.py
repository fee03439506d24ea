"""Chat groups over a real local receiver; addresses are checked, and never logged."""

from __future__ import annotations

import logging

import pytest

from desktop.basics.errors import ShopError, Unavailable
from desktop.gateways.chat import check_address, plain_address, send_chat
from tests.helpers.post_office import chat_room


@pytest.mark.req("I3", "O7")
def test_a_message_arrives() -> None:
    with chat_room() as room:
        send_chat(room.address, "库存不足", "剩 18")
    assert [(path.startswith("/t0ken"), call["title"], call["message"]) for path, call in room.calls] == [
        (True, "库存不足", "剩 18")
    ]


def test_a_text_message_goes_to_its_number() -> None:
    with chat_room() as room:
        send_chat(f"{room.address}/{{phone}}", "x", "y", "13805716621")
    assert room.calls[0][0].endswith("/13805716621")


def test_what_is_not_taken_is_said_without_the_address(caplog: pytest.LogCaptureFixture) -> None:
    with chat_room() as room, caplog.at_level(logging.DEBUG):
        room.status = 500
        with pytest.raises(Unavailable) as refused:
            send_chat(room.address, "x", "y")
        address = room.address
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable):
        send_chat(address, "x", "y")  # nobody there any more
    assert "secret" not in str(refused.value)
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "copied, kept, kind",
    [
        ("https://open.feishu.cn/open-apis/bot/v2/hook/0a1b-2c3d", "feishu://0a1b-2c3d", "feishu"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abc123", "dingtalk://abc123", "dingtalk"),
        (" wecombot://abc-123 ", "wecombot://abc-123", "wecombot"),
        (
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=633a31f6-7f9c-4bc4-97a0-0ec1eefa5898",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=633a31f6-7f9c-4bc4-97a0-0ec1eefa5898",
            "wecombot",
        ),
        ("json://127.0.0.1/{phone}", "json://127.0.0.1/{phone}", "jsons"),
    ],
)
def test_what_a_robot_shows_to_copy_is_understood(copied: str, kept: str, kind: str) -> None:
    assert plain_address(copied) == kept
    assert check_address(kept) == kind


@pytest.mark.parametrize(
    "bad", ["", "rubbish", "https://example.com/x", "file:///etc/passwd", "syslog://", "mailto://a:b@c.de"]
)
def test_what_is_no_service_is_refused(bad: str) -> None:
    with pytest.raises(ShopError):
        check_address(bad)
