"""What the AWS provider for Terraform knows: the arguments of each resource that is written, and what it exports.

From the pages of the provider's documentation, versions 5 and 6, as far as both have it.
"""

from collections.abc import Mapping
from typing import NamedTuple

META = frozenset({"depends_on", "for_each", "lifecycle"})
"""Arguments of every resource, which are Terraform's own."""


class Schema(NamedTuple):
    """Arguments of a resource or a block."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    blocks: Mapping[str, "Schema"] = {}
    exported: frozenset[str] = frozenset()
    """Beside the arguments."""


def _of(required: str, optional: str = "", *, exported: str = "", **blocks: Schema) -> Schema:
    return Schema(
        frozenset(required.split()), frozenset(optional.split()), blocks, frozenset(f"{exported} id".split())
    )


RESOURCES: dict[str, Schema] = {
    "aws_api_gateway_authorizer": _of(
        "name rest_api_id",
        "authorizer_uri authorizer_credentials authorizer_result_ttl_in_seconds identity_source type"
        " identity_validation_expression provider_arns",
        exported="arn",
    ),
    "aws_api_gateway_base_path_mapping": _of("api_id domain_name", "stage_name base_path domain_name_id"),
    "aws_api_gateway_deployment": _of("rest_api_id", "description triggers variables"),
    "aws_api_gateway_domain_name": _of(
        "domain_name",
        "certificate_arn certificate_body certificate_chain certificate_name certificate_private_key policy"
        " ownership_verification_certificate_arn regional_certificate_arn regional_certificate_name"
        " security_policy tags",
        exported="arn regional_domain_name regional_zone_id cloudfront_domain_name cloudfront_zone_id",
        endpoint_configuration=_of("types", "ip_address_type"),
        mutual_tls_authentication=_of("truststore_uri", "truststore_version"),
    ),
    "aws_api_gateway_gateway_response": _of(
        "rest_api_id response_type", "status_code response_parameters response_templates"
    ),
    "aws_api_gateway_integration": _of(
        "rest_api_id resource_id http_method type",
        "integration_http_method connection_type connection_id uri credentials request_templates"
        " request_parameters passthrough_behavior cache_key_parameters cache_namespace content_handling"
        " timeout_milliseconds",
        tls_config=_of("", "insecure_skip_verification"),
    ),
    "aws_api_gateway_integration_response": _of(
        "rest_api_id resource_id http_method status_code",
        "content_handling response_parameters response_templates selection_pattern",
    ),
    "aws_api_gateway_method": _of(
        "rest_api_id resource_id http_method authorization",
        "authorizer_id authorization_scopes api_key_required operation_name request_models request_validator_id"
        " request_parameters",
    ),
    "aws_api_gateway_method_response": _of(
        "rest_api_id resource_id http_method status_code", "response_models response_parameters"
    ),
    "aws_api_gateway_resource": _of("rest_api_id parent_id path_part", exported="path"),
    "aws_api_gateway_rest_api": _of(
        "name",
        "api_key_source binary_media_types body description disable_execute_api_endpoint fail_on_warnings"
        " minimum_compression_size parameters policy put_rest_api_mode tags",
        exported="arn created_date execution_arn root_resource_id",
        endpoint_configuration=_of("types", "ip_address_type vpc_endpoint_ids"),
    ),
    "aws_api_gateway_stage": _of(
        "rest_api_id stage_name deployment_id",
        "cache_cluster_enabled cache_cluster_size client_certificate_id description documentation_version"
        " variables tags xray_tracing_enabled",
        exported="arn execution_arn invoke_url",
        access_log_settings=_of("destination_arn format"),
        canary_settings=_of("deployment_id", "percent_traffic stage_variable_overrides use_stage_cache"),
    ),
    "aws_apigatewayv2_api": _of(
        "name protocol_type",
        "api_key_selection_expression body credentials_arn description disable_execute_api_endpoint"
        " fail_on_warnings ip_address_type route_key route_selection_expression tags target version",
        exported="api_endpoint arn execution_arn",
        cors_configuration=_of(
            "", "allow_credentials allow_headers allow_methods allow_origins expose_headers max_age"
        ),
    ),
    "aws_apigatewayv2_api_mapping": _of("api_id domain_name stage", "api_mapping_key"),
    "aws_apigatewayv2_authorizer": _of(
        "api_id authorizer_type name",
        "authorizer_credentials_arn authorizer_payload_format_version authorizer_result_ttl_in_seconds"
        " authorizer_uri enable_simple_responses identity_sources",
        jwt_configuration=_of("", "audience issuer"),
    ),
    "aws_apigatewayv2_deployment": _of("api_id", "description triggers", exported="auto_deployed"),
    "aws_apigatewayv2_domain_name": _of(
        "domain_name",
        "tags",
        exported="api_mapping_selection_expression arn",
        domain_name_configuration=_of(
            "certificate_arn endpoint_type security_policy",
            "ip_address_type ownership_verification_certificate_arn",
            exported="hosted_zone_id target_domain_name",
        ),
        mutual_tls_authentication=_of("truststore_uri", "truststore_version"),
    ),
    "aws_apigatewayv2_integration": _of(
        "api_id integration_type",
        "connection_id connection_type content_handling_strategy credentials_arn description integration_method"
        " integration_subtype integration_uri passthrough_behavior payload_format_version request_parameters"
        " request_templates template_selection_expression timeout_milliseconds",
        response_parameters=_of("mappings status_code"),
        tls_config=_of("", "server_name_to_verify"),
    ),
    "aws_apigatewayv2_integration_response": _of(
        "api_id integration_id integration_response_key",
        "content_handling_strategy response_templates template_selection_expression",
    ),
    "aws_apigatewayv2_route": _of(
        "api_id route_key",
        "api_key_required authorization_scopes authorization_type authorizer_id model_selection_expression"
        " operation_name request_models route_response_selection_expression target",
        request_parameter=_of("request_parameter_key required"),
    ),
    "aws_apigatewayv2_route_response": _of(
        "api_id route_id route_response_key", "model_selection_expression response_models"
    ),
    "aws_apigatewayv2_stage": _of(
        "api_id name",
        "auto_deploy client_certificate_id deployment_id description stage_variables tags",
        exported="arn execution_arn invoke_url",
        access_log_settings=_of("destination_arn format"),
    ),
    "aws_cloudwatch_log_group": _of(
        "", "name name_prefix skip_destroy log_group_class retention_in_days kms_key_id tags", exported="arn"
    ),
    "aws_cloudwatch_metric_alarm": _of(
        "alarm_name comparison_operator evaluation_periods",
        "metric_name namespace period statistic threshold threshold_metric_id actions_enabled alarm_actions"
        " alarm_description datapoints_to_alarm dimensions insufficient_data_actions ok_actions unit"
        " extended_statistic treat_missing_data evaluate_low_sample_count_percentiles tags",
        exported="arn",
    ),
    "aws_iam_role": _of(
        "assume_role_policy",
        "description force_detach_policies max_session_duration name name_prefix path permissions_boundary tags",
        exported="arn create_date unique_id",
    ),
    "aws_iam_role_policy": _of("policy role", "name name_prefix"),
    "aws_lambda_function": _of(
        "function_name role",
        "architectures code_signing_config_arn description filename handler image_uri kms_key_arn layers"
        " memory_size package_type publish reserved_concurrent_executions runtime s3_bucket s3_key"
        " s3_object_version skip_destroy source_code_hash tags timeout",
        exported="arn invoke_arn last_modified qualified_arn qualified_invoke_arn version",
        environment=_of("", "variables"),
        logging_config=_of("log_format", "application_log_level log_group system_log_level"),
        tracing_config=_of("mode"),
    ),
    "aws_lambda_permission": _of(
        "action function_name principal",
        "event_source_token function_url_auth_type principal_org_id qualifier source_account source_arn"
        " statement_id statement_id_prefix",
    ),
}

DATA: dict[str, Schema] = {
    "aws_caller_identity": _of("", exported="account_id arn user_id"),
    "aws_partition": _of("", exported="dns_suffix partition reverse_dns_prefix"),
    # Its `name` is called `region` from version 6 on; the `id` is the same in both.
    "aws_region": _of("", exported="description"),
}
