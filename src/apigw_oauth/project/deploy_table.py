"""[deploy]: what is deployed, as far as the API does not tell."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from apigw_oauth.project.table import Table, like

_STACK = like("[A-Za-z][A-Za-z0-9-]{0,127}", "must begin with a letter, and have letters, digits and - alone")
_LAYER = like("arn:.*:lambda:.*:layer:.*", "must be the ARN of a layer version")


class Deploy(Table):
    """[deploy]: what is not told by the API itself."""

    stack: Annotated[str, _STACK] | None = None
    region: Annotated[str, like("[a-z]{2,4}(-[a-z]+)+-[0-9]", "must be a region, such as eu-west-1")] | None = None
    bucket: Annotated[str, like("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "must be the name of an S3 bucket")] | None = (
        None
    )
    memory: int = Field(256, ge=128, le=10240)
    """MB."""
    timeout: int = Field(6, ge=1, le=9)
    """Seconds. API Gateway waits 10 for an authorizer: the function has to be the first to give up."""
    log_retention: Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653] = 30
    """Days."""
    layers: list[Annotated[str, _LAYER]] = []
    """Of the authorizer."""
    function_layers: list[Annotated[str, _LAYER]] = []
    """Of the functions behind the routes."""
    alarm_topic: Annotated[str, like("arn:.*:sns:.*", "must be the ARN of an SNS topic")] | None = None
    domain: Annotated[str, like(r"[a-z0-9-]+(\.[a-z0-9-]+)+", "must be a name such as api.example.com")] | None = (
        None
    )
    certificate: Annotated[str, like("arn:.*:acm:.*", "must be the ARN of a certificate in ACM")] | None = None
    trust_store: Annotated[str, like("s3://[^/]+/.+", "must be like s3://bucket/truststore.pem")] | None = None

    @model_validator(mode="after")
    def _check_domain(self) -> "Deploy":
        if (self.domain is None) != (self.certificate is None):
            raise ValueError("domain and certificate need each other")
        if self.trust_store is not None and self.domain is None:
            raise ValueError("trust_store: mutual TLS needs a domain of your own; add domain and certificate")
        return self
