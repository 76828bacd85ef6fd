"""How a deployed function is set up, and what it finds in its environment.

See "Defined runtime environment variables" in the Lambda Developer Guide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

_OF_THE_HOST = ("PATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""What a process needs of the host that it runs on: where programs, libraries and trusted authorities are."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """An interpreter, and what Lambda's runtime has beside the standard library: see runtime_packages.py."""

    executable: str
    python: str
    """Its version as Lambda's runtimes have it, such as 3.13."""
    packages: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """One function. `timeout` is in seconds, `memory` in MB; `environ` are the variables of its own."""

    name: str
    runtime: Runtime
    handler: str = "lambda_function.handler"
    environ: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    timeout: float = 3.0
    memory: int = 128
    region: str = "us-east-1"
    account_id: str = "123456789012"

    @property
    def arn(self) -> str:
        """Return the function's ARN."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"

    def environment(
        self, host: Mapping[str, str], *, task_root: Path, packages: Path, runtime_api: str, log_stream: str
    ) -> dict[str, str]:
        """Return the variables of one execution environment. Of the host's there are few, and no credentials.

        The ZIP comes before the packages of the runtime on the import path, and both before the standard library.
        """
        kept = {name: host[name] for name in _OF_THE_HOST if name in host}
        return kept | {
            "_HANDLER": self.handler,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",  # Lambda has no such service: nobody is asked for credentials
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{self.runtime.python}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
            "AWS_REGION": self.region,
            "HOME": str(packages),  # where nobody's credentials are
            "LAMBDA_RUNTIME_DIR": str(packages),
            "LAMBDA_TASK_ROOT": str(task_root),
            "LANG": "en_US.UTF-8",
            "PYTHONPATH": f"{task_root}:{packages}",
            "TZ": ":UTC",
            **self.environ,
        }
