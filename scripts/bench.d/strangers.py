"""Everything at once that strangers, leaving clients and readers of rare events can do to a node of
600,000 orders, while buyers continue: how long /healthz takes meanwhile, how many orders are accepted, and
what memory is left in use afterwards. Measured once, on request."""

import http.client
import multiprocessing
import resource
import socket
import statistics
import time

import load
from node import Node

NAME = "strangers"
LEAVING, SILENT, HALF_BODIES, STREAMS = 1_000, 1_024, 1_000, 8
PROBE_EVERY_SECONDS = 0.01
REST_SECONDS = 15
# Nothing of the kind is in the log: all of it is looked at.
RARE_KIND = "order.cancel_requested"


def _connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def _probe(port, stop, results):
    """How long /healthz takes, on a new connection each time."""
    took = []
    while not stop.is_set():
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        finally:
            connection.close()
        took.append(time.monotonic() - began)
        time.sleep(PROBE_EVERY_SECONDS)
    results.put(took)


def _leave(port, key, stop):
    """Asks to wait for an order, and is gone a millisecond later."""
    body = b'{"userId":"leaver","items":[{"productId":"one","quantity":1,"price":1}]}'
    head = (f"POST /v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Prefer: wait=60\r\n\r\n").encode()
    for _ in range(LEAVING):
        if stop.is_set():
            return
        with _connect(port) as client:
            client.sendall(head + body)
            time.sleep(0.001)


def _hold(port, key, stop):
    """Connections that send nothing, send half, or read what hardly comes."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    stream = (f"GET /v1/events/stream?after=0&kind={RARE_KIND} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
              f"Authorization: Bearer {key}\r\n\r\n").encode()
    half = (b"POST /v1/notifications/unsubscribe/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
            b"Content-Length: 900000\r\n\r\n" + b"x" * 450_000)
    held = []
    for count, sent in ((STREAMS, stream), (HALF_BODIES, half), (SILENT, b"")):
        for _ in range(count):
            if stop.is_set():
                break
            client = _connect(port)
            client.setblocking(False)
            try:
                client.send(sent)
            except (BlockingIOError, ConnectionError):
                pass  # refused before its end: that is the point
            held.append(client)
    stop.wait()
    for client in held:
        client.close()


class _Crowd:
    """All of them at work, each in a process of its own, in a `with` statement."""

    def __init__(self, node):
        self._stop = multiprocessing.Event()
        self._told = multiprocessing.Queue()
        self._workers = [
            multiprocessing.Process(target=target, args=arguments, daemon=True)
            for target, arguments in ((_hold, (node.port, node.key, self._stop)),
                                      (_leave, (node.port, node.key, self._stop)),
                                      (_probe, (node.port, self._stop, self._told)))]
        self.healthz_s = []

    def __enter__(self):
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self.healthz_s = self._told.get(timeout=120)
        for worker in self._workers:
            worker.join(60)


def measure(bench, _number):
    orders = 1_000 if bench.is_smoke else 600_000
    data = bench.databases.filled(orders)
    turn = {"events": orders * 5}
    try:
        with Node(bench, data) as node:
            alone = load.place_orders(bench, node.url, 8, node.key)
            node.wait_until_all_are_final()
            time.sleep(1)
            turn["before_kb"] = node.memory_kb("VmRSS")
            with _Crowd(node) as crowd:
                beside = load.place_orders(bench, node.url, 8, node.key,
                                           seconds=2 if bench.is_smoke else 30)
            turn["most_kb"] = node.memory_kb("VmHWM")
            node.wait_until_all_are_final()
            time.sleep(1 if bench.is_smoke else REST_SECONDS)
            turn["afterwards_kb"] = node.memory_kb("VmRSS")
    finally:
        data.remove()
    hundredths = statistics.quantiles(crowd.healthz_s, n=100)
    turn["healthz_p50_us"], turn["healthz_p99_us"] = hundredths[49] * 1e6, hundredths[98] * 1e6
    turn["healthz_worst_us"] = max(crowd.healthz_s) * 1e6
    turn["accepted_alone_per_s"], turn["accepted_beside_per_s"] = alone.rate, beside.rate
    return turn
