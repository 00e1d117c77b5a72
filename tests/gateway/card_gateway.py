"""A payment gateway for the tests: payment intents and refunds over HTTP, with books of its own.

It keeps money as a real one does: by idempotency key, once, whatever happens to the answer. What
goes wrong with an answer follows from the seed, the key and how often the key was seen, so a seed
repeats it. It prints "listening on URL" and serves until it is ended.

The payment method decides what becomes of a charge:

  pm_card_visa (and any other pm_…)  succeeded
  pm_decline_<decline code>          402, card_error
  pm_action                          402, authentication_required
  pm_action_kept                     200, requires_action: what must never be charged later
  pm_processing, pm_processing_fails processing; succeeds or fails at POST /admin/settle
  pm_refund_pending                  succeeded; its refunds are pending until /admin/settle
  pm_refund_fails                    succeeded; its refunds become failed at /admin/settle
  pm_refund_refused                  succeeded; its refunds are failed at once
  pm_unknown                         400, resource_missing, param payment_method

Routes of the test's own, as JSON: GET /admin/books, POST /admin/behaviour, POST /admin/settle; and
what a shop or a bank does there, reported by signed events: POST /admin/refund, /admin/refund_some,
/admin/dispute, /admin/close_dispute.
"""

import argparse
import hashlib
import hmac
import json
import random
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHARGE_FIELDS = {
    "amount", "currency", "confirm", "payment_method", "customer", "off_session",
    "error_on_requires_action", "metadata[order_id]", "metadata[payment_id]", "description",
}
REFUND_FIELDS = {
    "payment_intent", "amount", "metadata[order_id]", "metadata[payment_id]",
    "metadata[refund_key]",
}
FAULTS = ("late", "drop_before", "drop_after", "conflict", "rate_limited", "error_before",
          "error_after", "error_kept", "garbled")


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status, kind, message, **more):
        super().__init__(message)
        self.status = status
        self.headers = more.pop("headers", {})
        self.body = {"error": {"type": kind, "message": message, **more}}


class Books:
    """What the gateway knows. All members are used under the lock."""

    def __init__(self):
        self.lock = threading.Lock()
        self.intents = {}
        self.refunds = {}
        self.disputes = {}
        self.answers = {}  # by idempotency key: {"form", "status", "body"}; no status: in hand
        self.seen = {}  # by idempotency key: how often
        self.requests = {"charge": 0, "refund": 0, "search": 0, "other": 0, "turned_away": 0}
        self.faults = {name: 0 for name in FAULTS}
        self.serial = 0

    def new_id(self, prefix):
        self.serial += 1
        return f"{prefix}_{self.serial:08d}"


class Behaviour:
    """What a test changes while the gateway runs."""

    def __init__(self):
        self.fault_rate = 0.0
        self.faults = list(FAULTS)
        self.late_ms = 500
        self.retry_after_seconds = 1
        self.outage = ""  # "status:503", "drop", or none
        self.search_lag_ms = 0
        self.key_age_ms = 0  # older keys are forgotten; 0: none is
        self.webhook_url = ""
        self.webhook_copies = 1
        self.refund_events = ["charge.refunded", "refund.created"]  # sent for every refund

    def change(self, wanted):
        for name, value in wanted.items():
            if not hasattr(self, name):
                raise Refused(400, "invalid_request_error", f"there is no {name}")
            setattr(self, name, value)


class Webhooks:
    """Delivers signed events, each until it is taken, from one thread."""

    def __init__(self, secret, behaviour):
        self.secret = secret
        self.behaviour = behaviour
        self.waiting = []
        self.changed = threading.Condition()
        self.sent = 0
        self.taken = 0
        threading.Thread(target=self.deliver_all, daemon=True).start()

    def send(self, kind, subject):
        with self.changed:
            self.sent += 1
            event = {"id": f"evt_{self.sent:08d}", "object": "event", "type": kind,
                     "created": int(time.time()), "livemode": False,
                     "data": {"object": json.loads(json.dumps(subject))}}
            self.waiting.append(event)
            self.changed.notify()

    def deliver_all(self):
        while True:
            with self.changed:
                while not self.waiting:
                    self.changed.wait()
                event = self.waiting.pop(0)
            copies = [self.deliver(event) for _ in range(self.behaviour.webhook_copies)]
            with self.changed:
                if any(copies):
                    self.taken += 1
                else:
                    self.waiting.append(event)
                    self.changed.wait(0.05)

    def deliver(self, event):
        url = self.behaviour.webhook_url
        if not url:
            return False
        body = json.dumps(event).encode()
        stamp = str(int(time.time()))
        signature = hmac.new(self.secret.encode(), stamp.encode() + b"." + body,
                             hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json",
                   "Stripe-Signature": f"t={stamp},v1={signature},v0=00"}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5):
                return True
        except (OSError, urllib.error.URLError, ValueError):
            return False


class Gateway:
    def __init__(self, options):
        self.options = options
        self.books = Books()
        self.behaviour = Behaviour()
        self.webhooks = Webhooks(options.webhook_secret, self.behaviour)

    # ---- what a key was answered ----------------------------------------------------------------

    def fault_of(self, key, count):
        if key is None or self.behaviour.fault_rate <= 0:
            return None
        chance = random.Random(f"{self.options.seed}:{key}:{count}")
        if chance.random() >= self.behaviour.fault_rate:
            return None
        return chance.choice(self.behaviour.faults)

    def once(self, key, form, work):
        """The answer of `work`, done once a key; a request beside one in hand is refused."""
        books = self.books
        with books.lock:
            kept = books.answers.get(key)
            age_ms = self.behaviour.key_age_ms
            if kept and age_ms and (time.monotonic() - kept["at"]) * 1000 > age_ms:
                kept = None
            if kept and kept["form"] != form:
                raise Refused(400, "idempotency_error", "the key was used with other parameters")
            if kept:
                return kept["status"], kept["body"]
            try:
                status, body = 200, work(form)
            except Refused as refusal:
                if refusal.status == 400:
                    raise  # nothing is kept where validation fails
                status, body = refusal.status, refusal.body
            body = json.loads(json.dumps(body))
            books.answers[key] = {"form": form, "status": status, "body": body,
                                  "at": time.monotonic()}
            return status, body

    def keep_error(self, key):
        with self.books.lock:
            kept = self.books.answers[key]
            kept["status"] = 500
            kept["body"] = {"error": {"type": "api_error", "message": "kept under the key"}}

    # ---- charges --------------------------------------------------------------------------------

    def charge(self, form):
        check_fields(form, CHARGE_FIELDS)
        for name, wanted in (("confirm", "true"), ("off_session", "true"),
                             ("error_on_requires_action", "true")):
            if form.get(name) != wanted:
                raise Refused(400, "invalid_request_error", f"{name} must be {wanted}", param=name)
        amount = whole(form, "amount")
        if form.get("currency", "") != form.get("currency", "").lower() or \
                len(form.get("currency", "")) != 3:
            raise Refused(400, "invalid_request_error", "no currency", param="currency")
        for name in ("metadata[order_id]", "metadata[payment_id]"):
            if not form.get(name):
                raise Refused(400, "invalid_request_error", f"{name} is missing", param=name)
        if amount < 50:
            raise Refused(400, "invalid_request_error", "too small", code="amount_too_small",
                          param="amount")
        method = form.get("payment_method", "")
        if not method.startswith("pm_") or method == "pm_unknown":
            raise Refused(400, "invalid_request_error", f"No such PaymentMethod: '{method}'",
                          code="resource_missing", param="payment_method")
        intent = {"id": self.books.new_id("pi"), "object": "payment_intent", "amount": amount,
                  "amount_received": 0, "currency": form["currency"], "status": "processing",
                  "payment_method": method, "created": int(time.time()), "livemode": False,
                  "metadata": metadata_of(form), "last_payment_error": None,
                  "latest_charge": None, "next_action": None, "unheard_of": {"new": [1, 2]}}
        self.books.intents[intent["id"]] = intent
        intent["_at"] = time.monotonic()
        if method.startswith("pm_decline_"):
            raise self.declined(intent, method.removeprefix("pm_decline_"))
        if method == "pm_action":
            raise self.declined(intent, "authentication_required")
        if method == "pm_action_kept":
            intent["status"] = "requires_action"
            intent["next_action"] = {"type": "use_stripe_sdk"}
        elif not method.startswith("pm_processing"):
            self.succeed(intent)
        return shown(intent)

    def declined(self, intent, code):
        error_code = code if code in ("expired_card", "incorrect_cvc", "processing_error",
                                      "authentication_required") else "card_declined"
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = {"type": "card_error", "code": error_code,
                                        "decline_code": code}
        return Refused(402, "card_error", "Your card was declined.", code=error_code,
                       decline_code=code, payment_intent=shown(intent))

    def succeed(self, intent):
        intent["status"] = "succeeded"
        intent["amount_received"] = intent["amount"]
        intent["latest_charge"] = intent["id"].replace("pi_", "ch_")

    def cancel(self, name, _form):
        intent = self.intent(name)
        if intent["status"] in ("succeeded", "canceled", "processing"):
            raise Refused(400, "invalid_request_error", f"it is {intent['status']}",
                          code="payment_intent_unexpected_state", payment_intent=shown(intent))
        intent["status"] = "canceled"
        return shown(intent)

    def intent(self, name):
        if name not in self.books.intents:
            raise Refused(404, "invalid_request_error", f"No such payment_intent: '{name}'",
                          code="resource_missing", param="intent")
        return self.books.intents[name]

    def search(self, query):
        prefix, suffix = "metadata['payment_id']:'", "'"
        text = query.get("query", "")
        if not (text.startswith(prefix) and text.endswith(suffix)):
            raise Refused(400, "invalid_request_error", "no such query", param="query")
        wanted = text[len(prefix):-len(suffix)]
        until = time.monotonic() - self.behaviour.search_lag_ms / 1000
        found = [shown(intent) for intent in self.books.intents.values()
                 if intent["metadata"].get("payment_id") == wanted and intent["_at"] <= until]
        return page_of(found, "search_result")

    # ---- refunds --------------------------------------------------------------------------------

    def refund(self, form):
        check_fields(form, REFUND_FIELDS)
        intent = self.intent(form.get("payment_intent", ""))
        amount = whole(form, "amount")
        if not form.get("metadata[refund_key]"):
            raise Refused(400, "invalid_request_error", "no refund_key", param="metadata")
        if intent["status"] != "succeeded":
            raise Refused(400, "invalid_request_error", "it was not paid", param="payment_intent")
        if amount > intent["amount"] - self.paid_back(intent["id"]):
            raise Refused(400, "invalid_request_error", "Refund amount is greater than unrefunded "
                          "amount on charge", param="amount")
        status = {"pm_refund_pending": "pending", "pm_refund_fails": "pending",
                  "pm_refund_refused": "failed"}.get(intent["payment_method"], "succeeded")
        refund = {"id": self.books.new_id("re"), "object": "refund", "amount": amount,
                  "currency": intent["currency"], "payment_intent": intent["id"],
                  "status": status, "metadata": metadata_of(form), "created": int(time.time()),
                  "unheard_of": None}
        if status == "failed":
            refund["failure_reason"] = "expired_or_canceled_card"
        self.books.refunds[refund["id"]] = refund
        self.send_events_of(refund)
        return shown(refund)

    def send_events_of(self, refund):
        """As newer versions do: the charge's event has how much is paid back, and lists nothing."""
        if not self.behaviour.webhook_url:
            return
        intent = self.books.intents[refund["payment_intent"]]
        amount = self.paid_back(intent["id"])
        charge = {"id": intent["id"].replace("pi_", "ch_"), "object": "charge",
                  "amount": intent["amount"], "amount_refunded": amount,
                  "currency": intent["currency"], "payment_intent": intent["id"],
                  "metadata": intent["metadata"], "refunded": amount == intent["amount"]}
        for kind in self.behaviour.refund_events:
            self.webhooks.send(kind, charge if kind == "charge.refunded" else shown(refund))

    def paid_back(self, intent):
        return sum(refund["amount"] for refund in self.books.refunds.values()
                   if refund["payment_intent"] == intent and
                   refund["status"] in ("succeeded", "pending"))

    def refund_named(self, name):
        if name not in self.books.refunds:
            raise Refused(404, "invalid_request_error", f"No such refund: '{name}'",
                          code="resource_missing", param="id")
        return shown(self.books.refunds[name])

    def refunds_of(self, query):
        return page_of([shown(refund) for refund in reversed(self.books.refunds.values())
                        if refund["payment_intent"] == query.get("payment_intent")], "list")

    # ---- what a shop does in the dashboard, and a bank ------------------------------------------

    def refund_by_shop(self, wanted):
        """A refund without our metadata; with "ends" it is pending until /admin/settle."""
        with self.books.lock:
            intent = self.intent(wanted["payment_intent"])
            left = intent["amount_received"] - self.paid_back(intent["id"])
            amount = wanted.get("amount", left)
            if amount > left or amount <= 0:
                raise Refused(400, "invalid_request_error", "more than is left", param="amount")
            refund = {"id": self.books.new_id("re"), "object": "refund", "amount": amount,
                      "currency": intent["currency"], "payment_intent": intent["id"],
                      "status": "pending" if "ends" in wanted else "succeeded", "metadata": {},
                      "reason": "requested_by_customer", "created": int(time.time()),
                      "_ends": wanted.get("ends")}
            self.books.refunds[refund["id"]] = refund
            self.send_events_of(refund)
            return shown(refund)

    def refund_some(self, wanted):
        """Pays back a part, or all that is left, of so many charges, which the seed chooses."""
        chance = random.Random(f"{self.options.seed}:shop:{self.books.serial}")
        with self.books.lock:
            left = {name: intent["amount_received"] - self.paid_back(name)
                    for name, intent in self.books.intents.items()}
        names = sorted(name for name in left if left[name] > 0)
        made = 0
        for name in chance.sample(names, min(wanted["count"], len(names))):
            amount = left[name] if chance.random() < 0.5 else chance.randint(1, left[name])
            ends = chance.choice([{}, {}, {"ends": "succeeded"}, {"ends": "failed"}])
            try:
                self.refund_by_shop({"payment_intent": name, "amount": amount, **ends})
                made += 1
            except Refused:
                pass  # a refund of the node's was quicker
        return {"made": made}

    def dispute(self, wanted):
        with self.books.lock:
            intent = self.intent(wanted["payment_intent"])
            dispute = {"id": self.books.new_id("dp"), "object": "dispute",
                       "amount": wanted.get("amount", intent["amount"]),
                       "currency": intent["currency"], "payment_intent": intent["id"],
                       "charge": intent["latest_charge"], "reason": "product_not_received",
                       "status": "needs_response", "metadata": {}}
            self.books.disputes[dispute["id"]] = dispute
            self.webhooks.send("charge.dispute.created", shown(dispute))
            self.webhooks.send("charge.dispute.funds_withdrawn", shown(dispute))
            return shown(dispute)

    def close_dispute(self, wanted):
        with self.books.lock:
            dispute = self.books.disputes[wanted["dispute"]]
            dispute["status"] = wanted["status"]
            self.webhooks.send("charge.dispute.closed", shown(dispute))
            if dispute["status"] == "won":
                self.webhooks.send("charge.dispute.funds_reinstated", shown(dispute))
            return shown(dispute)

    # ---- the test's own -------------------------------------------------------------------------

    def settle(self):
        """Ends all that is processing or pending, and sends its events."""
        settled = 0
        with self.books.lock:
            for intent in self.books.intents.values():
                if intent["status"] != "processing":
                    continue
                settled += 1
                if intent["payment_method"] == "pm_processing_fails":
                    self.declined(intent, "insufficient_funds")
                    self.webhooks.send("payment_intent.payment_failed", shown(intent))
                else:
                    self.succeed(intent)
                    self.webhooks.send("payment_intent.succeeded", shown(intent))
            for refund in self.books.refunds.values():
                if refund["status"] != "pending":
                    continue
                settled += 1
                method = self.books.intents[refund["payment_intent"]]["payment_method"]
                ends = "failed" if method == "pm_refund_fails" else "succeeded"
                refund["status"] = refund.get("_ends") or ends
                if refund["status"] == "failed":
                    refund["failure_reason"] = "lost_or_stolen_card"
                self.webhooks.send("refund.updated", shown(refund))
        return {"settled": settled}

    def report(self):
        books = self.books
        with books.lock, self.webhooks.changed:
            return {"intents": [shown(intent) for intent in books.intents.values()],
                    "refunds": [shown(refund) for refund in books.refunds.values()],
                    "requests": dict(books.requests), "faults": dict(books.faults),
                    "keys": dict(books.seen),
                    "webhooks": {"sent": self.webhooks.sent, "taken": self.webhooks.taken}}


def shown(subject):
    return {name: value for name, value in subject.items() if not name.startswith("_")}


def page_of(found, kind):
    return {"object": kind, "data": found, "has_more": False, "next_page": None}


def check_fields(form, known):
    for name in form:
        if name not in known:
            raise Refused(400, "invalid_request_error", f"Received unknown parameter: {name}",
                          code="parameter_unknown", param=name)


def whole(form, name):
    text = form.get(name, "")
    if not text.isdigit() or int(text) <= 0:
        raise Refused(400, "invalid_request_error", f"Invalid integer: {text}",
                      code="parameter_invalid_integer", param=name)
    return int(text)


def metadata_of(form):
    return {name[len("metadata["):-1]: value for name, value in form.items()
            if name.startswith("metadata[")}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gateway = None

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def serve(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length).decode()
        address = urllib.parse.urlsplit(self.path)
        try:
            if address.path.startswith("/admin/"):
                self.answer(200, self.for_the_test(address.path, body))
            else:
                self.for_a_merchant(address, body)
        except Refused as refusal:
            self.answer(refusal.status, refusal.body, refusal.headers)

    def for_the_test(self, path, body):
        gateway = self.gateway
        if (self.command, path) == ("GET", "/admin/books"):
            return gateway.report()
        if (self.command, path) == ("POST", "/admin/settle"):
            return gateway.settle()
        done_there = {"/admin/refund": gateway.refund_by_shop,
                      "/admin/refund_some": gateway.refund_some,
                      "/admin/dispute": gateway.dispute,
                      "/admin/close_dispute": gateway.close_dispute}
        if self.command == "POST" and path in done_there:
            return done_there[path](json.loads(body))
        if (self.command, path) == ("POST", "/admin/behaviour"):
            gateway.behaviour.change(json.loads(body))
            return {}
        raise Refused(404, "invalid_request_error", f"Unrecognized request URL {path}")

    def for_a_merchant(self, address, body):
        gateway = self.gateway
        outage = gateway.behaviour.outage
        if outage:
            with gateway.books.lock:
                gateway.books.requests["turned_away"] += 1
        if outage == "drop":
            return self.drop()
        if outage.startswith("status:"):
            raise Refused(int(outage.removeprefix("status:")), "api_error", "an outage")
        if self.headers.get("Authorization") != f"Bearer {gateway.options.key}":
            raise Refused(401, "invalid_request_error", "Invalid API Key provided")
        if self.headers.get("Stripe-Version") != gateway.options.version:
            raise Refused(400, "invalid_request_error", "no such version")
        if self.command == "POST" and body and \
                self.headers.get("Content-Type") != "application/x-www-form-urlencoded":
            raise Refused(400, "invalid_request_error", "the body is not a form")
        if self.command == "GET":
            query = dict(urllib.parse.parse_qsl(address.query))
            return self.answer(200, self.look_up(address.path, query))
        pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body))
        return self.move_money(address.path, dict(pairs))

    def look_up(self, path, query):
        gateway = self.gateway
        with gateway.books.lock:
            gateway.books.requests["search" if path.endswith("/search") else "other"] += 1
            if path == "/v1/payment_intents/search":
                return gateway.search(query)
            if path == "/v1/refunds":
                return gateway.refunds_of(query)
            if path.startswith("/v1/payment_intents/"):
                return shown(gateway.intent(path.rsplit("/", 1)[1]))
            if path.startswith("/v1/refunds/"):
                return gateway.refund_named(path.rsplit("/", 1)[1])
        raise Refused(404, "invalid_request_error", f"Unrecognized request URL {path}")

    def move_money(self, path, form):
        gateway = self.gateway
        if path == "/v1/payment_intents":
            name, work = "charge", gateway.charge
        elif path == "/v1/refunds":
            name, work = "refund", gateway.refund
        elif path.startswith("/v1/payment_intents/") and path.endswith("/cancel"):
            with gateway.books.lock:
                gateway.books.requests["other"] += 1
                return self.answer(200, gateway.cancel(path.split("/")[3], form))
        else:
            raise Refused(404, "invalid_request_error", f"Unrecognized request URL {path}")
        key = self.headers.get("Idempotency-Key")
        if not key or len(key) > 255:
            raise Refused(400, "invalid_request_error", "no idempotency key")
        with gateway.books.lock:
            gateway.books.requests[name] += 1
            count = gateway.books.seen[key] = gateway.books.seen.get(key, 0) + 1
        fault = gateway.fault_of(key, count)
        if fault:
            with gateway.books.lock:
                gateway.books.faults[fault] += 1
        return self.with_fault(fault, key, form, work)

    def with_fault(self, fault, key, form, work):
        gateway = self.gateway
        if fault == "drop_before":
            return self.drop()
        if fault == "conflict":
            raise Refused(409, "invalid_request_error", "There is currently another in-progress "
                          "request using this key", code="idempotency_key_in_use")
        if fault == "rate_limited":
            raise Refused(429, "rate_limit_error", "Too many requests",
                          headers={"Retry-After": str(gateway.behaviour.retry_after_seconds)})
        if fault == "error_before":
            raise Refused(500, "api_error", "nothing was done")
        status, body = gateway.once(key, form, work)
        if fault == "drop_after":
            return self.drop()
        if fault == "error_kept":
            gateway.keep_error(key)
        if fault in ("error_after", "error_kept"):
            raise Refused(500, "api_error", "something went wrong")
        if fault == "late":
            time.sleep(gateway.behaviour.late_ms / 1000)
        if fault == "garbled":
            return self.send(200, b'{"id": "pi_', {})
        return self.answer(status, body)

    def drop(self):
        """Cuts the connection with a reset, so that the client cannot take it for an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.wfile = open("/dev/null", "wb")
        self.connection.close()

    def answer(self, status, body, headers=None):
        self.send(status, json.dumps(body).encode(), headers or {})

    def send(self, status, body, headers):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, *_):
        pass  # clients that were killed


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--key", default="sk_test_key")
    options.add_argument("--version", default="2024-06-20")
    options.add_argument("--webhook-secret", default="whsec_test")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--certificate")
    options.add_argument("--private-key")
    options = options.parse_args()
    Handler.gateway = Gateway(options)
    server = Server(("127.0.0.1", options.port), Handler)
    scheme = "http"
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.private_key)
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
        scheme = "https"
    print(f"listening on {scheme}://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
