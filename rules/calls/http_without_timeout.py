"""An HTTP request or connection with no timeout.

`requests`, `urllib`, `urllib3`, `http.client` and sockets wait for ever unless told otherwise. A peer that never
answers then holds the invocation until Lambda's own timeout ends it, and each retry pays for the whole wait again.

## Bad
    import requests


    def handler(event, context):
        return requests.get("https://example.com/price").json()["price"]  # finding

## Good
    import requests


    def handler(event, context):
        return requests.get("https://example.com/price", timeout=2).json()["price"]

## References
- https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
- https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
"""

from reviewer.finding import Severity
from reviewer.rule import Report, Reports, offered, rule
from reviewer.subjects import Call


@rule(Severity.WARNING, cwe=400, suggest="Adding `timeout=` bounds the wait.")
def http_without_timeout(call: Call) -> Reports:
    if call.waits_for_ever:
        timeout = f"{call.patience:g}"
        fixes = offered(f"Setting `timeout={timeout}` bounds the wait", call.with_timeout(timeout))
        yield Report(call.at, f"`{call.name}` has no timeout", fixes=fixes)
