"""A collector of OpenTelemetry for the tests: takes OTLP over HTTP in its JSON encoding.

It refuses with 400 whatever does not follow the protocol's JSON mapping to the letter, and keeps
what it takes. It prints "listening on URL" and serves until it is ended.

Routes of the test's own: GET /spans, GET /faults (why bodies were refused), GET /requests (how many
came, and the headers of the last), POST /behaviour {"status", "retry_after", "times", "body"}: so
many of the next requests are answered so. POST /hook takes whatever a webhook brings.
"""

import argparse
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def require(truth, what):
    if not truth:
        raise ValueError(what)


def members(value, where, required, optional=()):
    require(isinstance(value, dict), f"{where} is no object")
    for name in required:
        require(name in value, f"{where} has no {name}")
    for name in value:
        require(name in required or name in optional, f"{where} has an unknown {name}")


def check_attributes(attributes, where):
    require(isinstance(attributes, list), f"{where} is no list")
    names = [entry.get("key") for entry in attributes]
    require(len(names) == len(set(names)), f"{where} has a key twice: {names}")
    for entry in attributes:
        members(entry, where, ["key", "value"])
        require(isinstance(entry["key"], str) and entry["key"], f"{where} has a bad key")
        ((kind, value),) = entry["value"].items()
        if kind == "intValue":
            require(isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value),
                    f"{where}.{entry['key']}: an int64 is a text of digits")
        elif kind == "stringValue":
            require(isinstance(value, str), f"{where}.{entry['key']}: no text")
        else:
            raise ValueError(f"{where}.{entry['key']} has a value of kind {kind}")


def check_ids(value, where):
    require(re.fullmatch(r"[0-9a-f]{32}", value["traceId"]), f"{where}.traceId")
    require(int(value["traceId"], 16) != 0, f"{where}.traceId is zero")
    require(re.fullmatch(r"[0-9a-f]{16}", value["spanId"]), f"{where}.spanId")
    require(int(value["spanId"], 16) != 0, f"{where}.spanId is zero")
    require(type(value["flags"]) is int and value["flags"] & ~0x3FF == 0, f"{where}.flags")


def check_span(span):
    members(span, "span",
            ["traceId", "spanId", "flags", "name", "kind", "startTimeUnixNano", "endTimeUnixNano",
             "attributes"],
            ["parentSpanId", "links", "droppedLinksCount", "status"])
    check_ids(span, "span")
    if "parentSpanId" in span:
        require(re.fullmatch(r"[0-9a-f]{16}", span["parentSpanId"]), "span.parentSpanId")
        require(span["parentSpanId"] != span["spanId"], "a span is its own parent")
    require(isinstance(span["name"], str) and span["name"], "span.name")
    require(type(span["kind"]) is int and 1 <= span["kind"] <= 5, "span.kind")
    for name in ("startTimeUnixNano", "endTimeUnixNano"):
        require(isinstance(span[name], str) and re.fullmatch(r"[0-9]{19}", span[name]),
                f"span.{name} is no fixed64 as text")
    require(int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), "it ends before it starts")
    check_attributes(span["attributes"], "span.attributes")
    for link in span.get("links", []):
        members(link, "link", ["traceId", "spanId", "flags"])
        check_ids(link, "link")
    if "status" in span:
        members(span["status"], "status", ["code"], ["message"])
        require(span["status"]["code"] in (1, 2), "status.code is no number of the enumeration")


def spans_of(document):
    spans = []
    members(document, "request", ["resourceSpans"])
    for of_resource in document["resourceSpans"]:
        members(of_resource, "resourceSpans", ["resource", "scopeSpans"])
        members(of_resource["resource"], "resource", ["attributes"])
        check_attributes(of_resource["resource"]["attributes"], "resource.attributes")
        resource = {entry["key"]: next(iter(entry["value"].values()))
                    for entry in of_resource["resource"]["attributes"]}
        for name in ("service.name", "service.version", "service.instance.id"):
            require(resource.get(name), f"the resource has no {name}")
        for of_scope in of_resource["scopeSpans"]:
            members(of_scope, "scopeSpans", ["scope", "spans"])
            members(of_scope["scope"], "scope", ["name"], ["version"])
            for span in of_scope["spans"]:
                check_span(span)
                spans.append({**span, "node": resource["service.instance.id"]})
    return spans


class Collector(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    spans = []
    faults = []
    requests = 0
    last_headers = {}
    behaviour = {"times": 0}

    def log_message(self, *_):
        pass

    def answer(self, status, document, headers=()):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with Collector.lock:
            answers = {"/spans": Collector.spans, "/faults": Collector.faults,
                    "/requests": {"count": Collector.requests, "headers": Collector.last_headers}}
            self.answer(200 if self.path in answers else 404, answers.get(self.path))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with Collector.lock:
            if self.path == "/behaviour":
                Collector.behaviour = json.loads(body)
                self.answer(200, {})
                return
            if self.path == "/hook":
                self.answer(200, {})
                return
            Collector.requests += 1
            Collector.last_headers = {name.lower(): value for name, value in self.headers.items()}
            wanted = Collector.behaviour
            if wanted["times"] > 0:
                wanted["times"] -= 1
                after = wanted.get("retry_after")
                self.answer(wanted["status"], wanted.get("body", {}),
                            [("Retry-After", str(after))] if after is not None else [])
                return
            try:
                require(self.path == "/v1/traces", f"path {self.path}")
                require(self.headers["Content-Type"] == "application/json", "content type")
                Collector.spans += spans_of(json.loads(body))
                self.answer(200, {})
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                Collector.faults.append(repr(error))
                self.answer(400, {"message": str(error)})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    server = ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Collector)
    print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


main()
