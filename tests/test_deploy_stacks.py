"""Nested stacks and exports: values across the templates of a tree."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import cloudformation, deployed, function, ref, resource, sam, triggers, value

from reviewer.value import UNKNOWN, Constant, OneOf, Parameter, Table, Value, one_of

CHILD = sam(
    """
    Work:
      Type: AWS::Serverless::Function
      Properties:
        Handler: app.handler
        Runtime: python3.13
        Environment: {Variables: {QUEUE: !Ref Queue, SIZE: !Ref Size}}
        Events: {In: {Type: SQS, Properties: {Queue: !Ref QueueArn}}}
    Own: {Type: AWS::SQS::Queue}
    """,
    """
    Parameters:
      Queue: {Type: String}
      QueueArn: {Type: String, Default: none}
      Size: {Type: Number, Default: 3}
    Outputs:
      Own: {Value: !GetAtt Own.Arn}
      Given: {Value: !Ref Queue}
    """,
)


def parent(kind: str, child: str, parameters: str = "{Queue: !Ref Jobs, QueueArn: !GetAtt Jobs.Arn}") -> str:
    location = "TemplateURL" if kind == "AWS::CloudFormation::Stack" else "Location"
    return cloudformation(
        f"""
        Jobs: {{Type: AWS::SQS::Queue}}
        Child: {{Type: {kind}, Properties: {{{location}: {child}, Parameters: {parameters}}}}}
        It:
          Type: AWS::X::Y
          Properties: {{A: !GetAtt Child.Outputs.Own, B: !GetAtt Child.Outputs.Given, C: !GetAtt Child.Outputs.No}}
        """
    )


@pytest.mark.parametrize("kind", ["AWS::CloudFormation::Stack", "AWS::Serverless::Application"])
@pytest.mark.parametrize("child", ["child/template.yaml", "./child/template.yaml", "child/../child//template.yaml"])
def test_parameters_flow_down_and_outputs_up(tmp_path: Path, kind: str, child: str) -> None:
    found = deployed(tmp_path, {"main.yaml": parent(kind, child)}, unlisted={"child/template.yaml": CHILD})
    assert found.templates == ("main.yaml", "child/template.yaml")
    work = function(found, "Work")
    assert value(work.variable("QUEUE")) == ref("Jobs", stack="main.yaml")
    assert value(work.variable("SIZE")) == Parameter("child/template.yaml", "Size", (Constant(3),))
    assert value(triggers(found, "Work")[0].source) == ref("Jobs", "Arn", "main.yaml")
    assert resource(found, "It").properties == Table(
        (
            ("A", ref("Own", "Arn", "child/template.yaml")),
            ("B", ref("Jobs", stack="main.yaml")),
            ("C", ref("Child", "Outputs.No", "main.yaml")),
        )
    )


def test_a_child_of_two_parents_has_both_values(tmp_path: Path) -> None:
    files = {
        "a.yaml": parent("AWS::CloudFormation::Stack", "c.yaml"),
        "b.yaml": parent("AWS::CloudFormation::Stack", "c.yaml", "{Queue: written}"),
        "c.yaml": CHILD,
    }
    work = function(deployed(tmp_path, files), "Work")
    assert value(work.variable("QUEUE")) == OneOf((ref("Jobs", stack="a.yaml"), Constant("written")))


@pytest.mark.parametrize(
    "location", ["https://bucket.s3.amazonaws.com/c.yaml", "../c.yaml", "/c.yaml", "{Bucket: b}", "no.yaml"]
)
def test_templates_out_of_the_tree_are_not_followed(tmp_path: Path, location: str) -> None:
    root = tmp_path / "root"
    (tmp_path / "c.yaml").write_text(CHILD)
    found = deployed(root, {"main.yaml": parent("AWS::CloudFormation::Stack", location)})
    assert found.templates == ("main.yaml",)
    assert found.problems == ()


def test_a_nested_template_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    main = parent("AWS::CloudFormation::Stack", "c.yaml")
    found = deployed(tmp_path, {"main.yaml": main}, unlisted={"c.yaml": "Resources: {A: [\n"})
    assert [(problem.at.path, problem.at.line) for problem in found.problems] == [("c.yaml", 2)]
    assert found.templates == ("main.yaml",)


def test_a_template_that_nests_itself_ends_as_unknown(tmp_path: Path) -> None:
    resources = """
        Work:
          Type: AWS::Lambda::Function
          Properties: {FunctionName: !Ref P, Role: !GetAtt Again.Outputs.O}
        Again:
          Type: AWS::CloudFormation::Stack
          Properties: {TemplateURL: template.yaml, Parameters: {P: !Sub "${P}-x"}}
        """
    more = "Parameters: {P: {Type: String}}\nOutputs: {O: {Value: !GetAtt Again.Outputs.O}}\n"
    found = deployed(tmp_path, cloudformation(resources, more))
    assert value(function(found, "Work").role) == UNKNOWN
    assert found.problems == ()


def test_values_do_not_double_from_template_to_template(tmp_path: Path) -> None:
    def level(number: int) -> str:
        return cloudformation(
            f"""
            It: {{Type: AWS::X::Y, Properties: {{V: !Ref P}}}}
            Child:
              Type: AWS::CloudFormation::Stack
              Properties: {{TemplateURL: t{number + 1}.yaml, Parameters: {{P: [!Ref P, !Ref P]}}}}
            """,
            "Parameters: {P: {Type: String}}\n",
        )

    found = deployed(tmp_path, {f"t{number}.yaml": level(number) for number in range(40)})
    last = next(each for each in found.resources if each.id == ("t39.yaml", "It"))
    assert isinstance(last.properties, Table)
    assert len(found.templates) == 40
    assert hash(last) == hash(last)


# --- exports ------------------------------------------------------------------------------------------------------


def imported(root: Path, exports: dict[str, str], name: str, more: str = "") -> Value | None:
    files = {
        path: cloudformation(
            "Jobs: {Type: AWS::SQS::Queue}",
            f"Outputs: {{O: {{Value: !GetAtt Jobs.Arn, Export: {{Name: {export}}}}}}}\n",
        )
        for path, export in exports.items()
    }
    files["it.yaml"] = cloudformation(f"It: {{Type: AWS::X::Y, Properties: {{V: !ImportValue {name}}}}}", more)
    properties = resource(deployed(root, files), "It").properties
    assert isinstance(properties, Table)
    return properties.get("V")


def test_an_import_is_what_is_exported_under_the_name(tmp_path: Path) -> None:
    assert imported(tmp_path, {"a.yaml": "jobs", "b.yaml": "other"}, "jobs") == ref("Jobs", "Arn", "a.yaml")


def test_an_import_by_a_stack_parameter_finds_the_only_export_of_its_shape(tmp_path: Path) -> None:
    more = "Parameters: {Network: {Type: String}}\n"
    exports = {"a.yaml": "!Sub '${AWS::StackName}-jobs'", "b.yaml": "!Sub '${AWS::StackName}-other'"}
    assert imported(tmp_path, exports, "{'Fn::Sub': '${Network}-jobs'}", more) == ref("Jobs", "Arn", "a.yaml")


def test_an_import_that_several_exports_fit_is_unknown(tmp_path: Path) -> None:
    more = "Parameters: {Network: {Type: String}}\n"
    exports = dict.fromkeys(("a.yaml", "b.yaml"), "!Sub '${AWS::StackName}-jobs'")
    assert imported(tmp_path, exports, "{'Fn::Sub': '${Network}-jobs'}", more) == UNKNOWN
    assert imported(tmp_path, {}, "jobs") == UNKNOWN


def test_both_arms_of_a_condition_are_given(tmp_path: Path) -> None:
    main = parent("AWS::CloudFormation::Stack", "c.yaml", "!If [C, {Queue: a}, {Queue: b}]")
    work = function(deployed(tmp_path, {"main.yaml": main, "c.yaml": CHILD}), "Work")
    assert value(work.variable("QUEUE")) == one_of([Constant("a"), Constant("b")])
