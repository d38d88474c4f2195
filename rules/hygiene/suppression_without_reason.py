"""A suppression that says nothing of why it is there.

Whoever meets it later, in a review or when the code changes, cannot tell whether it still holds.

## Bad
    import requests


    def handler(event, context):
        requests.get("https://example.com/")  # lambda-review: ignore[http-without-timeout]  # finding

## Good
    import requests


    def handler(event, context):
        requests.get("https://example.com/")  # lambda-review: ignore[http-without-timeout] the proxy bounds the wait

## References
- https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html#_Toc34317661
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import BareSuppression


@rule(Severity.NOTE, pedantic=True, suggest="A few words behind the bracket tell the next reader why.")
def suppression_without_reason(suppression: BareSuppression) -> Reports:
    yield suppression.at, suppression.message
