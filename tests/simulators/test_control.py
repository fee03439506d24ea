"""The control room, the line that goes wrong, the older calls and UnionPay, and a simulator in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from desktop.commands.places import connect
from desktop.gateways.pay_secrets import get_secret
from desktop.queries.pay_accounts import payment_accounts
from desktop.services.opening import NewShop, open_shop
from desktop.shop.actors import console
from desktop.shop.shop import Shop as OpenShop
from tests.simulators import unionpay, wechat_v2
from tests.simulators.__main__ import connect_sample
from tests.simulators.client import NATIVE, ORDER, TRADE, Shop, scanned
from tests.simulators.control import PayOffice
from tests.simulators.faults import Fault
from tests.simulators.keys import letters, sign, verifies

ROOT = Path(__file__).parents[2]
NUMBER = TRADE["out_trade_no"]
pytestmark = pytest.mark.req("M11")


@pytest.fixture
def shop(pay_office: PayOffice) -> Shop:
    return Shop(pay_office)


def control(base: str, what: str, **given: Any) -> Any:
    answer = httpx.post(f"{base}/__sim__/{what}", json=given, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_another_process_controls_it_by_http(pay_office: PayOffice, shop: Shop) -> None:
    shop.alipay("trade.precreate", TRADE)
    assert control(pay_office.base, "scan", number=NUMBER) is True
    assert control(pay_office.base, "enter_password", number=NUMBER) is True
    assert control(pay_office.base, "net", number=NUMBER) == 8888
    assert control(pay_office.base, "ledger")[0]["stage"] == "paid"
    control(pay_office.base, "inject", fault="502", on="alipay.query")
    asked = httpx.post(pay_office.base + "/gateway.do", content=b"method=alipay.trade.query")
    assert asked.status_code == 502
    assert httpx.post(f"{pay_office.base}/__sim__/scan", json={"number": "nobody"}).status_code == 400
    assert httpx.post(f"{pay_office.base}/elsewhere").status_code == 404


def test_faults_strike_where_and_as_often_as_told(pay_office: PayOffice, shop: Shop) -> None:
    pay_office.inject(Fault.CUT, count=2, on="alipay")
    for _time in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            shop.alipay("trade.pay", scanned())
    assert shop.wechat("POST", "/v3/pay/transactions/native", NATIVE).status_code == 200
    assert shop.alipay("trade.query", {"out_trade_no": NUMBER})["trade_status"] == "TRADE_SUCCESS"
    assert pay_office.net(NUMBER) == 8888
    struck = [name for name, _fault in pay_office.faults.struck]
    assert struck == ["alipay.pay", "alipay.pay"]


def test_a_lost_request_was_never_done_and_a_held_one_lands_later(pay_office: PayOffice, shop: Shop) -> None:
    for fault, standing in ((Fault.LOST, 0), (Fault.HELD, 1)):
        pay_office.inject(fault)
        with pytest.raises(httpx.RemoteProtocolError):
            shop.alipay("trade.pay", scanned(out_trade_no=letters(20)))
        assert pay_office.standing() == []
        pay_office.advance_clock(3600)
        assert pay_office.land() == standing
    assert pay_office.ledger.total() == 8888


def test_messages_are_posted_to_the_shop(pay_office: PayOffice, shop: Shop) -> None:
    shop.alipay("trade.pay", scanned())
    assert pay_office.emit_notify(NUMBER, pay_office.base + "/elsewhere", k=3) == [404] * 3


# The older calls of WeChat


def older(office: PayOffice, path: str, kind: str = "HMAC-SHA256", **fields: str) -> str:
    given = {"appid": ORDER["appid"], "mch_id": ORDER["mchid"], "nonce_str": letters(16), "sign_type": kind}
    sent = {**{name: str(value) for name, value in given.items()}, **fields}
    sent.setdefault("sign", wechat_v2.signature(sent, office.keys.api_v2_key, kind))
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in sent.items())
    return httpx.post(office.base + path, content=f"<xml>{inner}</xml>".encode()).text


PAY = {
    "body": "收银", "out_trade_no": "OLDER00001", "total_fee": "8888", "spbill_create_ip": "127.0.0.1",
    "auth_code": "134567890123456789",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["MD5", "HMAC-SHA256"])
def test_the_older_calls_pay_and_undo(pay_office: PayOffice, kind: str) -> None:
    assert "<result_code>SUCCESS" in older(pay_office, "/pay/micropay", kind, **PAY)
    assert "<trade_state>SUCCESS" in older(pay_office, "/pay/orderquery", kind, out_trade_no="OLDER00001")
    undo = {"out_trade_no": "OLDER00001"}
    assert "<recall>Y" in older(pay_office, "/secapi/pay/reverse", kind, **undo)
    pay_office.advance_clock(15)
    assert "<recall>N" in older(pay_office, "/secapi/pay/reverse", kind, **undo)
    assert pay_office.net("OLDER00001") == 0


def test_the_older_calls_refuse_a_wrong_sign(pay_office: PayOffice) -> None:
    refused = older(pay_office, "/pay/micropay", **PAY, sign="0" * 64)
    assert "<return_code>FAIL" in refused
    assert "sign>" not in refused
    assert pay_office.standing() == []


# UnionPay


def union(office: PayOffice, path: str, **fields: str) -> dict[str, str]:
    pair = office.keys.unionpay_merchant
    sent = unionpay.COMMON | {
        "merId": unionpay.UnionPay.mer_id, "orderId": "UNION0000001", "txnTime": "20261121100000",
        "certId": str(pair.cert.serial_number),
    } | fields  # fmt: skip
    sent.setdefault("signature", sign(pair.key, unionpay.digest(sent)))
    text = httpx.post(f"{office.base}/gateway/api/{path}.do", data=sent).text
    found = dict(part.split("=", 1) for part in text.split("&"))
    key = office.keys.unionpay_signer.key.public_key()
    assert verifies(key, unionpay.digest(found), found["signature"])
    return found


SHOWN = {"txnType": "01", "txnSubType": "07", "txnAmt": "8888", "currencyCode": "156"}


def test_unionpay_accepts_first_and_is_asked_later(pay_office: PayOffice) -> None:
    made = union(pay_office, "backTransReq", **SHOWN)
    assert (made["respCode"], made["qrCode"][:5]) == ("00", "https")
    assert union(pay_office, "queryTrans")["respCode"] == "34"
    assert pay_office.pay(made["qrCode"])
    paid = union(pay_office, "queryTrans")
    assert (paid["origRespCode"], paid["txnAmt"]) == ("00", "8888")
    back = {"orderId": "UNION0000002", "txnType": "04", "txnSubType": "00", "origQryId": paid["queryId"]}
    assert union(pay_office, "backTransReq", **back, txnAmt="8889")["respCode"] == "36"
    assert union(pay_office, "backTransReq", **back, txnAmt="8888")["respCode"] == "00"
    assert union(pay_office, "backTransReq", **back, txnAmt="8888")["respCode"] == "00"
    assert pay_office.net("UNION0000001") == 0


@pytest.mark.parametrize(
    "wrong", [{"signature": "AAAA"}, {"certId": "1"}, {"merId": "1"}, {"version": "5.0.0"}]
)
def test_unionpay_refuses_what_is_not_signed(pay_office: PayOffice, wrong: dict[str, str]) -> None:
    assert union(pay_office, "backTransReq", **SHOWN | wrong)["respCode"] != "00"
    assert pay_office.standing() == []


# In a process of its own


@pytest.fixture
def process() -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.simulators", "--port", "0", "--with-stdin"]
    command += ["--clock", "2026-11-21T10:00:00+08:00"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin
        assert running.stdout
        yield json.loads(running.stdout.readline())
        running.stdin.close()
        assert running.wait(20) == 0


def test_it_runs_beside_the_program(process: dict[str, Any]) -> None:
    assert set(process["account"]) == {"alipay", "wechat", "unionpay"}
    assert control(process["base"], "account") == process["account"]
    assert control(process["base"], "ledger") == []


def test_a_sample_shop_is_given_accounts_and_a_real_one_is_not(
    pay_office: PayOffice, sample_file: str, sqlite_url: str
) -> None:
    connect_sample(sample_file, pay_office)
    storage = connect(sample_file)
    found = OpenShop(storage).acting_as(console()).ask(payment_accounts)
    storage.close()
    assert {row.gateway for row in found.rows} == {"alipay", "wechat", "unionpay"}
    assert get_secret(found.shop_key, "alipay", "private_key")
    storage = connect(sqlite_url)
    open_shop(OpenShop(storage), NewShop("青田小铺", "田", "tian", "a long password", "CNY"))
    storage.close()
    with pytest.raises(SystemExit):
        connect_sample(sqlite_url, pay_office)
