"""Deployments: what a stage shows of an API."""

from collections.abc import Iterator

from apigw_oauth.deploy.templates.terraform.hcl import Comment


def comments(address: str) -> Iterator[Comment]:
    """Return what whoever reads the file has to know of the deployment, whose address in Terraform is given.

    Terraform destroys what is gone after it has made the new deployment, which shows it once more. See "The
    create_before_destroy Meta-Argument" in its documentation.
    """
    yield Comment("Whatever of this changes is deployed anew. The first plan after the first deployment finds")
    yield Comment("that everything has, since only then all of it is known.")
    yield Comment(
        "What is taken away is destroyed after that, and still served as it was, public routes included,"
    )
    yield Comment(f"until: terraform apply -replace={address}")
