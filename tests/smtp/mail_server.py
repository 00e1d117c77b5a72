"""A mail server for tests: real SMTP with STARTTLS or TLS and authentication (aiosmtpd), which keeps
what it takes and misbehaves on request.

  mail_server.py --port 0 --tls starttls --certificate FILE --key FILE --user NAME --password TEXT

Prints "smtp PORT control PORT" when it listens. Over HTTP on the control port:

  GET  /mails     what was taken, each parsed by Python's own e-mail package
  GET  /counts    connections, tls, logins, refused_logins, mails, misbehaved
  POST /behave    {"rule": NAME, "count": N}: the next N mails meet the rule. NAME is one of
                  try_later (451 to the mail), refuse (550 to the mail), refuse_recipient (550 to
                  RCPT), close (421 to MAIL), cut (takes the mail and ends the connection in place
                  of an answer), hang (never answers the mail)
"""

import argparse
import asyncio
import email
import email.policy
import http.server
import json
import logging
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Post:
    """What has happened, and what is to happen. Guarded by its lock."""

    def __init__(self):
        self.lock = threading.Lock()
        self.mails = []
        self.counts = dict.fromkeys(
            ("connections", "tls", "logins", "refused_logins", "mails", "misbehaved"), 0)
        self.rule = None
        self.left = 0

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def behave(self, rule, count):
        with self.lock:
            self.rule, self.left = rule, count

    def meets(self, *rules):
        with self.lock:
            if self.left == 0 or self.rule not in rules:
                return None
            self.left -= 1
            self.counts["misbehaved"] += 1
            return self.rule

    def keep(self, envelope, tls):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.lock:
            self.counts["mails"] += 1
            self.mails.append({
                "envelopeFrom": envelope.mail_from,
                "envelopeTo": envelope.rcpt_tos,
                "tls": tls,
                "headers": [[name, str(value)] for name, value in mail.items()],
                "from": [[a.display_name, a.addr_spec] for a in mail["From"].addresses],
                "to": [a.addr_spec for a in mail["To"].addresses],
                "date": mail["Date"].datetime.isoformat(),
                "text": mail.get_body(("plain",)).get_content().replace("\r\n", "\n"),
                "html": mail.get_body(("html",)).get_content().replace("\r\n", "\n"),
                "type": mail.get_content_type(),
                "defects": [repr(d) for part in mail.walk() for d in part.defects],
                "bareLineEnds": envelope.content.count(b"\n") - envelope.content.count(b"\r\n"),
                "longestLine": max(len(line) for line in envelope.content.split(b"\r\n")),
                "source": envelope.content.decode("latin-1"),
            })


class Handler:
    def __init__(self, post):
        self.post = post

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.post.meets("close"):
            return "421 4.3.2 closing, come back later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.post.meets("refuse_recipient"):
            return f"550 5.1.1 <{address}>: no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        rule = self.post.meets("try_later", "refuse", "cut", "hang")
        if rule == "try_later":
            return "451 4.7.1 greylisted, try later"
        if rule == "refuse":
            return "550 5.7.1 this is not wanted here"
        if rule == "hang":
            await asyncio.Event().wait()
        self.post.keep(envelope, session.ssl is not None or server.transport.get_extra_info(
            "ssl_object") is not None)
        if rule == "cut":
            server.transport.abort()
        return "250 OK"


class CountingSMTP(SMTP):
    def connection_made(self, transport):
        if self.transport is None:
            self.event_handler.post.count("connections")
        else:
            self.event_handler.post.count("tls")
        super().connection_made(transport)


def control_of(post):
    class Control(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, document):
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            with post.lock:
                self.answer(post.mails if self.path == "/mails" else post.counts)

        def do_POST(self):
            order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            post.behave(order["rule"], order["count"])
            self.answer({})

        def log_message(self, *arguments):
            pass

    return Control


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", choices=("starttls", "tls", "none"), default="starttls")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    arguments = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    post = Post()
    options = {"hostname": "test.local", "enable_SMTPUTF8": True}
    context = None
    if arguments.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(arguments.certificate, arguments.key)
    if arguments.tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if arguments.user:

        def authenticate(server, session, envelope, mechanism, data):
            known = (isinstance(data, LoginPassword) and data.login == arguments.user.encode() and
                     data.password == arguments.password.encode())
            post.count("logins" if known else "refused_logins")
            return AuthResult(success=known, handled=False)

        options |= {"authenticator": authenticate, "auth_required": True,
                    "auth_require_tls": arguments.tls == "starttls"}

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    handler = Handler(post)
    server = loop.run_until_complete(loop.create_server(
        lambda: CountingSMTP(handler, loop=loop, **options), "127.0.0.1", arguments.port,
        ssl=context if arguments.tls == "tls" else None))
    port = server.sockets[0].getsockname()[1]
    control = http.server.ThreadingHTTPServer(("127.0.0.1", 0), control_of(post))
    threading.Thread(target=control.serve_forever, daemon=True).start()
    print(f"smtp {port} control {control.server_address[1]}", flush=True)
    loop.run_forever()


if __name__ == "__main__":
    sys.exit(main())
