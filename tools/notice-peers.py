"""Receivers that are not ours, for the tests of notices: see notice-peers.sh."""

import json
import ssl
import sys


def smtp(port, certificate, key, user, password):
    """A mail server that demands STARTTLS and a login, unless the certificate is `-`; prints each mail that it took, as
    a line of JSON."""
    from email import message_from_bytes, policy

    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            parts = [part for part in mail.walk() if not part.is_multipart()]
            print(json.dumps({
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "encrypted": session.ssl is not None,
                "login": bool(session.authenticated),
                "headers": [[name, str(value)] for name, value in mail.items()],
                "defects": [str(defect) for part in mail.walk() for defect in part.defects],
                "parts": [
                    [part.get_content_type(), part.get("Content-ID"), content(part), part.get_filename()]
                    for part in parts
                ],
            }), flush=True)
            return "250 taken"

    def content(part):
        got = part.get_content()
        return got if isinstance(got, str) else got.hex()

    def login(server, session, envelope, mechanism, auth_data):
        known = (auth_data.login.decode(), auth_data.password.decode()) == (user, password)
        return AuthResult(success=known, handled=False)

    demands = {}
    if certificate != "-":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        demands = {
            "tls_context": context, "require_starttls": True,
            "authenticator": login, "auth_required": True, "auth_require_tls": True,
        }
    controller = Controller(Handler(), hostname="127.0.0.1", port=port, **demands)
    controller.start()
    print(json.dumps({"port": port}), flush=True)
    sys.stdin.read()
    controller.stop()


def webhook():
    """Verifies a request of Standard Webhooks that comes as JSON on standard input."""
    from standardwebhooks import Webhook

    asked = json.load(sys.stdin)
    verifier = Webhook(asked["secret"])
    verifier.verify(asked["body"], asked["headers"])
    tampered = asked["body"].replace("{", "{ ", 1)
    try:
        verifier.verify(tampered, asked["headers"])
    except Exception:  # noqa: BLE001 - whatever it calls it, it refused
        print("verified")


if __name__ == "__main__":
    if sys.argv[1] == "smtp":
        smtp(int(sys.argv[2]), *sys.argv[3:7])
    else:
        webhook()
