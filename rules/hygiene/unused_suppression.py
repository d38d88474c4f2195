"""A suppression that silences nothing.

The finding that it was written for is gone, or its rule has another name. Left in place, it would silence a later
finding that nobody has looked at.

## Bad
    def handler(event, context):
        return 42  # lambda-review: ignore[http-without-timeout] once it called a service  # finding

## Good
    import requests


    def handler(event, context):
        requests.get("https://example.com/")  # lambda-review: ignore[http-without-timeout] the proxy bounds the wait

## References
- https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html#_Toc34317661
"""

from reviewer.finding import Severity
from reviewer.rule import Report, Reports, offered, rule
from reviewer.subjects import IdleSuppression


@rule(Severity.NOTE, suggest="Removing it, or naming the rule that is meant, keeps suppressions honest.")
def unused_suppression(suppression: IdleSuppression) -> Reports:
    fixes = offered("Removing the suppression changes no finding", suppression.edits, safe=True)
    yield Report(suppression.at, suppression.message, fixes=fixes)
