"""Deployments: what a stage shows of an API."""

import hashlib
import json

from apigw_oauth.deploy.templates.cloudformation.intrinsics import Resources


def deployment_id(seen: Resources) -> str:
    """Return a logical id that is another one as soon as anything is that the deployment shows.

    CloudFormation makes a deployment when it is created, and never again.
    """
    return "Deployment" + hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:12]
