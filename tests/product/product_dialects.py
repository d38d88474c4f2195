"""Dialects: how each writes down the same deployment of many cases, and which ways of naming there are in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from product_cases import NAMED, OTHER, WAYS, Case, fill

Files = dict[str, str]


@dataclass(frozen=True)
class Dialect:
    """A dialect. `layout` makes the files of a deployment of cases.

    `text` makes a value of the template of `<text>`, in which `stage` and `parameter` are what is filled in later;
    `nothing` is the value of a setting that is not set; `stored` a parameter of SSM that holds `<value>`, `held` names it.
    """

    name: str
    layout: Callable[[Dialect, list[Case]], Files]
    text: str
    stage: str
    parameter: str
    nothing: str
    stored: str
    held: str = '{Ref: "Stored<n>"}'
    ways: tuple[str, ...] = WAYS

    def files(self, cases: list[Case]) -> Files:
        return self.layout(self, cases)

    def physical(self, case: Case) -> str:
        """What the template gives the source for a name."""
        if case.way in {*NAMED, "arn"}:
            return f'"{case.name}"'
        if case.way == "joined":
            return fill(self.text, text=f"{self.stage}-{case.name}")
        return fill(self.text, text=fill(self.parameter, n=case.number)) if case.way == "parameter" else self.nothing

    def setting(self, case: Case) -> str:
        """What the template sets the variable of a case to; "" where it has none."""
        spelled = case.source.spelled
        match case.way:
            case "reference" | "helper" | "default":
                return self.reference(case, case.logical)
            case "held":
                return fill(self.held, n=case.number)
            case "attribute":
                return fill(case.source.of(case.source.attributes, self.name), logical=case.logical)
            case "variable":
                return f'"{case.spelled}"'
            case "joined":
                return fill(self.text, text=fill(spelled, name=f"{self.stage}-{case.target}"))
            case "parameter":
                more = "-other" if case.relation == OTHER else ""
                return fill(self.text, text=fill(spelled, name=fill(self.parameter, n=case.number) + more))
        return ""

    def reference(self, case: Case, logical: str) -> str:
        return fill(case.source.of(case.source.references, self.name), logical=logical)

    def declared(self, case: Case) -> list[str]:
        """The resources of a case: its source, another one where there is one, the parameter that holds a name."""
        source = case.source
        table = source.of(source.resources, self.name)
        found = [self.filled(case, table, name=self.physical(case))] if table else []
        other = source.of(source.others, self.name) or table
        if other and case.relation == OTHER:
            named = f'"{case.target}"' if self.physical(case) == f'"{case.name}"' else self.nothing
            found.append(self.filled(case, other, logical=f"Other{case.number}", name=named))
        if case.way in {"stored", "held"}:
            found.append(fill(self.stored, n=case.number, value=self.reference(case, case.logical)))
        return found

    def trigger(self, case: Case) -> str:
        """What starts the function of a case; of some dialects what stands in the function, of others a resource."""
        return self.filled(case, case.source.of(case.source.triggers, self.name), name=f'"{case.name}"')

    def settings(self, case: Case) -> str:
        """Settings of the function itself."""
        return self.filled(case, case.source.of(case.source.settings, self.name), name=f'"{case.name}"')

    def filled(self, case: Case, text: str, **known: str) -> str:
        """A text of a source's tables with the names and the filter of a case in it."""
        source = f"{case.source.made}{case.number}"
        filtered = case.source.of(case.source.filters, self.name) if case.is_filtered else ""
        text = fill(fill(text, filter=filtered), pattern=case.pattern)
        names = {"n": str(case.number), "logical": source, "source": source, "own": self.reference(case, source)}
        names |= {"physical": self.physical(case), "setting": self.setting(case)}
        return fill(text, **{**names, **known})


def indented(blocks: list[str], by: str = "  ") -> str:
    return "".join(f"{by}{line}\n" for block in blocks for line in block.splitlines())
