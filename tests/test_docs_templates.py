"""docs/deploy.md on templates: its commands run, and what they print fits what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import hcl2
import pytest
import yaml

from tests.deploy.templates.cloudformation import cfn_reading

PAGE = Path(__file__).parents[1] / "docs" / "deploy.md"


def section(title: str) -> str:
    (found,) = re.findall(rf"^### {title}\n(.*?)(?=^##)", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return str(found)


def blocks(title: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", section(title), re.MULTILINE | re.DOTALL)


def told_of_parameters(printed: Path) -> None:
    """Hold what the page says of CloudFormation against the templates."""
    names = set(re.findall(r"`([A-Z]\w+)`", section("CloudFormation")))
    for file, others in (("template.yaml", {"ApiId"}), ("authorizer.yaml", {"FunctionsKey"})):
        template = cfn_reading.read((printed / file).read_text())
        assert template["Parameters"].keys() - {"AuthleteApiKey"} <= names - others
        assert template["Outputs"].keys() <= names
    (deployed,) = (block for block in blocks("CloudFormation", "console") if "cloudformation deploy" in block)
    whole = cfn_reading.read((printed / "template.yaml").read_text())
    given = set(re.findall(r"(\w+)=", deployed))
    assert given == {name for name, one in whole["Parameters"].items() if "Default" not in one}


@pytest.fixture
def printed(project: Path) -> Path:
    """A directory in which every command of the sections has run."""
    commands = [*blocks("CloudFormation", "sh"), *blocks("Terraform", "sh"), *blocks("OpenAPI", "sh")]
    subprocess.run(
        ["bash", "-ec", "\n".join(commands)],
        cwd=project,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        check=True,
        capture_output=True,
    )
    return project


def test_the_commands_print_what_the_page_says(printed):
    told_of_parameters(printed)
    assert hcl2.loads((printed / "main.tf").read_text())["terraform"]
    template = (printed / "openapi-aws.yaml").read_text()
    asked = re.findall(r"^#   (\w+)  +\S", template, re.MULTILINE)
    (resource,) = blocks("OpenAPI", "hcl")
    assert hcl2.loads(resource)["resource"]
    given = re.findall(r"^    (\w+) +=", resource, re.MULTILINE)
    assert sorted(given) == sorted(asked)
    filled = (printed / "filled.yaml").read_text()
    assert "${" not in filled
    assert "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" in filled
    included = (printed / "for-cloudformation.yaml").read_text()
    assert "Fn::Sub: arn:${AWS::Partition}:apigateway:${AWS::Region}:" in included
    (stack,) = blocks("OpenAPI", "yaml")
    body = yaml.safe_load(stack)["Resources"]["Api"]["Properties"]["DefinitionBody"]
    assert body["Fn::Transform"]["Parameters"]["Location"] == "for-cloudformation.yaml"
