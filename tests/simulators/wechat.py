"""WeChat Pay, API v3: signed headers over the exact bytes, answers signed with the key the shop asked for."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.simulators import wechat_orders, wechat_refunds
from tests.simulators.faults import Fault
from tests.simulators.keys import Keys, cert_pem, letters, serial, sign, verifies
from tests.simulators.ledger import Ledger
from tests.simulators.web import Reply, Request
from tests.simulators.wechat_words import Body, Refusal, moment

SKEW = timedelta(minutes=5)
SCHEME = "WECHATPAY2-SHA256-RSA2048"
PART = re.compile(r'(\w+)="([^"]*)"')
WANTED_PARTS = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}


def request_message(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What a request's signature covers."""
    return b"".join(
        part + b"\n" for part in (*(text.encode() for text in (method, target, timestamp, nonce)), body)
    )


def answer_message(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What the signature of an answer or a notice covers."""
    return timestamp.encode() + b"\n" + nonce.encode() + b"\n" + body + b"\n"


def authorization(header: str) -> dict[str, str]:
    """The parts of the header, in whichever order they came."""
    scheme, _space, rest = header.partition(" ")
    parts = dict(PART.findall(rest))
    right = scheme == SCHEME and set(parts) == WANTED_PARTS
    return parts if right and rest == ",".join(f'{k}="{v}"' for k, v in parts.items()) else {}


def encrypted(key: str, nonce: str, associated: str, plain: bytes) -> str:
    """AEAD_AES_256_GCM as WeChat writes it: text and tag in one base64."""
    return base64.b64encode(AESGCM(key.encode()).encrypt(nonce.encode(), plain, associated.encode())).decode()


def decrypted(key: str, nonce: str, associated: str, sent: str) -> bytes:
    """The way back. Raises `ValueError` or `InvalidTag`."""
    return AESGCM(key.encode()).decrypt(
        nonce.encode(), base64.b64decode(sent, validate=True), associated.encode()
    )


Step = Callable[[str, Body, Fault], tuple[int, Body | None]]


class WeChat:
    """The API of one merchant."""

    name = "wechat"
    mchid = "1900000109"
    appid = "wxd678efh567hg6787"

    def __init__(self, ledger: Ledger, keys: Keys, base: Callable[[], str]) -> None:
        self.ledger, self.keys, self.base = ledger, keys, base
        self.platform, self.platform_id = keys.wechat_platform, keys.wechat_platform_id
        self.certificate = 0  # which of the platform's certificates signs
        self.only_certificates = False
        self.codepay_allowed = True
        self.bill: Callable[[str], bytes | None] = lambda day: None
        self.downloads: dict[str, bytes] = {}
        self.notify_urls: dict[str, str] = {}
        number = r"/v3/pay/transactions/out-trade-no/([^/?]+)"
        self.routes: list[tuple[str, str, re.Pattern[str], Step]] = [
            (short, method, re.compile(path), partial(do, self))
            for short, method, path, do in (
                ("native", "POST", "/v3/pay/transactions/native", wechat_orders.native),
                ("codepay", "POST", "/v3/pay/transactions/codepay", wechat_orders.codepay),
                ("reverse", "POST", f"{number}/reverse", wechat_orders.reverse),
                ("close", "POST", f"{number}/close", wechat_orders.close),
                ("query", "GET", number, wechat_orders.query),
                ("refund", "POST", "/v3/refund/domestic/refunds", wechat_refunds.refund),
                ("refund query", "GET", "/v3/refund/domestic/refunds/([^/?]+)", wechat_refunds.query),
                ("bill", "GET", "/v3/bill/tradebill", wechat_refunds.bill),
                ("certificates", "GET", "/v3/certificates", certificates),
            )
        ]

    # In and out

    def operation(self, request: Request) -> str:
        """The short name of what is asked for."""
        if request.path == "/v3/billdownload/file":
            return "download"
        if not request.path.startswith("/v3/"):
            return ""
        return next(
            (short for short, method, path, _do in self.routes if self._fits(request, method, path)),
            "nothing",
        )

    def answer(self, request: Request, fault: Fault) -> Reply:
        """Check, act, sign."""
        try:
            self._checked(request)
            if request.path == "/v3/billdownload/file":
                return wechat_refunds.download(self, request)
            with self.ledger.lock:
                status, body = self._done(request, fault)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        return self._signed(request, status, body, fault)

    def trouble(self, request: Request, fault: Fault) -> Reply:
        """A failure of the system."""
        return self._signed(request, 500, {"code": "SYSTEM_ERROR", "message": "系统错误"}, Fault.NONE)

    def _done(self, request: Request, fault: Fault) -> tuple[int, Body | None]:
        for _short, method, path, do in self.routes:
            if self._fits(request, method, path):
                sent = request.query if method == "GET" else self._json(request)
                found = path.fullmatch(request.path)
                status, body = do(unquote(found[1]) if found and path.groups else "", dict(sent), fault)
                return status, wechat_orders.twisted(body, fault) if body else body
        raise Refusal(404, "RESOURCE_NOT_EXISTS")

    def _fits(self, request: Request, method: str, path: re.Pattern[str]) -> bool:
        return request.method == method and path.fullmatch(request.path) is not None

    def _json(self, request: Request) -> Body:
        try:
            sent = json.loads(request.body)
        except ValueError:
            sent = None
        if (
            not isinstance(sent, dict)
            or request.headers.get("content-type", "").split(";")[0] != "application/json"
        ):
            raise Refusal(400, "PARAM_ERROR", "a body of JSON is wanted")
        return sent

    def _checked(self, request: Request) -> None:
        """Refuse what is not signed by this merchant, over these very bytes, now. Raises `Refusal`."""
        if not request.headers.get("user-agent") or "json" not in request.headers.get("accept", "json"):
            raise Refusal(400, "INVALID_REQUEST", "User-Agent and Accept are wanted")
        parts = authorization(request.headers.get("authorization", ""))
        if not parts or parts["mchid"] != self.mchid:
            raise Refusal(401, "SIGN_ERROR", "Authorization")
        if parts["serial_no"].upper() != self.keys.wechat_merchant.serial:
            raise Refusal(401, "SIGN_ERROR", "商户证书序列号有误")
        stamp = parts["timestamp"]
        if (
            not stamp.isdigit()
            or abs(int(stamp) - self.ledger.clock.signing().timestamp()) > SKEW.total_seconds()
        ):
            raise Refusal(401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
        message = request_message(request.method, request.target, stamp, parts["nonce_str"], request.body)
        if not verifies(self.keys.wechat_merchant.key.public_key(), message, parts["signature"]):
            raise Refusal(401, "SIGN_ERROR", "签名错误")

    # Signing

    def signer(self, asked: str) -> tuple[str, rsa.RSAPrivateKey]:
        """Whose signature an answer carries: the public key when the shop named one, else the certificate."""
        if asked.startswith("PUB_KEY_ID_") and not self.only_certificates:
            return self.platform_id, self.platform
        pair = self.keys.wechat_certificates[self.certificate]
        return pair.serial, pair.key

    def headers(self, body: bytes, asked: str, fault: Fault) -> dict[str, str]:
        """The four headers over a body, spoilt as wanted."""
        name, key = self.signer(asked)
        at = self.ledger.clock.signing() - (timedelta(minutes=11) if fault is Fault.STALE else timedelta())
        stamp, nonce = str(int(at.timestamp())), letters(32)
        key = self.keys.stranger if fault in (Fault.OTHER_KEY, Fault.OTHER_SERIAL) else key
        signature = sign(key, answer_message(stamp, nonce, body), sha1=fault is Fault.SHA1)
        if fault is Fault.BAD_SIGNATURE:
            signature = sign(key, answer_message(stamp, nonce, body + b" "))
        if fault is Fault.PROBE:
            signature = "WECHATPAY/SIGNTEST/" + signature[19:]
        named = (
            "PUB_KEY_ID_0000000000000000000000000000000001"
            if name.startswith("PUB")
            else "5157F09EFDC096DE15EBE81A47057A72"
        )
        sent = {
            "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Signature": signature,
            "Wechatpay-Serial": named if fault is Fault.OTHER_SERIAL else name,
            "Wechatpay-Signature-Type": SCHEME,
        }  # fmt: skip
        return {} if fault is Fault.UNSIGNED else sent

    def _signed(self, request: Request, status: int, body: Body | None, fault: Fault) -> Reply:
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = self.headers(sent, request.headers.get("wechatpay-serial", ""), fault)
        return Reply(
            status,
            sent,
            {"Content-Type": "application/json; charset=utf-8", "Request-ID": letters(20)} | headers,
        )


def certificates(office: WeChat, _found: str, _sent: Body, fault: Fault) -> tuple[int, Body]:
    """The platform's certificates, encrypted; both during a change-over."""
    rows = []
    for pair in office.keys.wechat_certificates[: office.certificate + 1]:
        nonce, associated = letters(12), "certificate"
        plain = cert_pem(pair.cert).encode()
        rows.append({
            "serial_no": serial(pair.cert),
            "effective_time": moment(pair.cert.not_valid_before_utc),
            "expire_time": moment(pair.cert.not_valid_after_utc),
            "encrypt_certificate": {
                "algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": associated,
                "ciphertext": encrypted(office.keys.api_v3_key, nonce, associated, plain),
            },
        })  # fmt: skip
    return 200, {"data": rows}
