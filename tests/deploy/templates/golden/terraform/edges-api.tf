# The API edges
# For Python 3.13 on arm64; written by `apigw-oauth template terraform`.
terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.32"
    }
  }
}

variable "name" {
  type        = string
  description = "What the names of functions, roles and alarms begin with."
  default     = "edges"
}

variable "package" {
  type        = string
  description = "The ZIP file of `apigw-oauth package`."
  default     = "authorizer.zip"
}

variable "functions_package" {
  type        = string
  description = "The ZIP file of the functions behind the API."
  default     = "functions.zip"
}

variable "reserved_concurrency" {
  type        = number
  description = "How many invocations of the authorizer may run at once, which no other function may use; -1: any."
  default     = -1
}

variable "client_id" {
  type        = string
  description = "The environment variable CLIENT_ID of the authorizer."
}

locals {
  execution_arn = aws_apigatewayv2_api.api.execution_arn
  base_url      = "https://edges.example.com"
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

# The authorizer.
resource "aws_cloudwatch_log_group" "authorizer" {
  name              = "/aws/lambda/${var.name}-authorizer"
  retention_in_days = 30
}

resource "aws_iam_role" "authorizer" {
  name = "${var.name}-authorizer"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "authorizer" {
  name = "function"
  role = aws_iam_role.authorizer.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.authorizer.arn}:*"]
      },
      {
        Effect = "Allow"
        Action = ["secretsmanager:GetSecretValue"]
        Resource = [
          "arn:${data.aws_partition.current.partition}:secretsmanager:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:secret:prod/as-??????",
        ]
      },
    ]
  })
}

resource "aws_lambda_function" "authorizer" {
  function_name                  = "${var.name}-authorizer"
  description                    = "Verifies access tokens for the API edges"
  runtime                        = "python3.13"
  architectures                  = ["arm64"]
  handler                        = "lambda_function.handler"
  filename                       = var.package
  source_code_hash               = filebase64sha256(var.package)
  memory_size                    = 256
  timeout                        = 6
  role                           = aws_iam_role.authorizer.arn
  reserved_concurrent_executions = var.reserved_concurrency
  depends_on                     = [aws_iam_role_policy.authorizer]

  environment {
    variables = {
      APIGW_OAUTH_LOG_LEVEL = "info"
      APIGW_OAUTH_METRICS   = "apigw-oauth"
      CLIENT_ID             = var.client_id
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.authorizer.name
  }
}

resource "aws_lambda_permission" "authorizer" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.authorizer.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.oauth.id}"
}

resource "aws_cloudwatch_metric_alarm" "authorization_server_unreachable" {
  alarm_name        = "${var.name}-authorization-server-unreachable"
  alarm_description = "The authorizer of edges cannot reach the authorization server"
  namespace         = "apigw-oauth"
  metric_name       = "AuthorizationServerUnreachable"
  dimensions = {
    FunctionName = aws_lambda_function.authorizer.function_name
  }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
}

# Answers routes: functions.mcp.
resource "aws_cloudwatch_log_group" "backend_functions_mcp" {
  name              = "/aws/lambda/${var.name}-functions-mcp"
  retention_in_days = 30
}

resource "aws_iam_role" "backend_functions_mcp" {
  name = "${var.name}-functions-mcp"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "backend_functions_mcp" {
  name = "function"
  role = aws_iam_role.backend_functions_mcp.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.backend_functions_mcp.arn}:*"]
      },
    ]
  })
}

resource "aws_lambda_function" "backend_functions_mcp" {
  function_name    = "${var.name}-functions-mcp"
  description      = "Answers routes: functions.mcp"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "functions.mcp"
  filename         = var.functions_package
  source_code_hash = filebase64sha256(var.functions_package)
  memory_size      = 256
  timeout          = 29
  role             = aws_iam_role.backend_functions_mcp.arn
  depends_on       = [aws_iam_role_policy.backend_functions_mcp]

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.backend_functions_mcp.name
  }
}

resource "aws_lambda_permission" "backend_functions_mcp" {
  for_each      = toset(["*/POST/mcp"])
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.backend_functions_mcp.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution_arn}/${each.value}"
}

# Answers the routes that have a fixed answer, since HTTP APIs have no mock integrations.
resource "aws_cloudwatch_log_group" "static_responses" {
  name              = "/aws/lambda/${var.name}-static_responses-handler"
  retention_in_days = 30
}

resource "aws_iam_role" "static_responses" {
  name = "${var.name}-static_responses-handler"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "static_responses" {
  name = "function"
  role = aws_iam_role.static_responses.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.static_responses.arn}:*"]
      },
    ]
  })
}

resource "aws_lambda_function" "static_responses" {
  function_name    = "${var.name}-static_responses-handler"
  description      = "Answers routes: static_responses.handler"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "static_responses.handler"
  filename         = var.functions_package
  source_code_hash = filebase64sha256(var.functions_package)
  memory_size      = 256
  timeout          = 29
  role             = aws_iam_role.static_responses.arn
  depends_on       = [aws_iam_role_policy.static_responses]

  environment {
    variables = {
      APIGW_OAUTH_PUBLIC_BASE_URL = local.base_url
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.static_responses.name
  }
}

resource "aws_lambda_permission" "static_responses" {
  for_each      = toset(["*/GET/.well-known/oauth-protected-resource/mcp"])
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.static_responses.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution_arn}/${each.value}"
}

# The API.
resource "aws_apigatewayv2_api" "api" {
  name                         = "edges"
  protocol_type                = "HTTP"
  disable_execute_api_endpoint = false

  cors_configuration {
    allow_origins  = ["*"]
    allow_methods  = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    allow_headers  = ["Authorization", "Content-Type", "DPoP", "*"]
    expose_headers = ["WWW-Authenticate", "DPoP-Nonce", "*"]
    max_age        = 600
  }
}

resource "aws_apigatewayv2_authorizer" "oauth" {
  api_id                            = aws_apigatewayv2_api.api.id
  name                              = "oauth"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = aws_lambda_function.authorizer.invoke_arn
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = false
  identity_sources                  = ["$request.header.Authorization"]
  authorizer_result_ttl_in_seconds  = 60
}

resource "aws_apigatewayv2_integration" "default" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "HTTP_PROXY"
  integration_method     = "ANY"
  integration_uri        = "https://rest.example.com"
  payload_format_version = "1.0"
}

resource "aws_apigatewayv2_integration" "backend_functions_mcp" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = aws_lambda_function.backend_functions_mcp.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_integration" "get_items_item_idd570578e" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "HTTP_PROXY"
  integration_method     = "GET"
  integration_uri        = "https://items.example.com/{itemId}"
  payload_format_version = "1.0"
}

resource "aws_apigatewayv2_integration" "static_responses" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = aws_lambda_function.static_responses.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "default" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "$default"
  target             = "integrations/${aws_apigatewayv2_integration.default.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.oauth.id
}

resource "aws_apigatewayv2_route" "post_mcp" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "POST /mcp"
  target             = "integrations/${aws_apigatewayv2_integration.backend_functions_mcp.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.oauth.id
}

resource "aws_apigatewayv2_route" "get_items_item_idd570578e" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "GET /items/{itemId}"
  target             = "integrations/${aws_apigatewayv2_integration.get_items_item_idd570578e.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.oauth.id
}

resource "aws_apigatewayv2_route" "get_well_known_oauth_protected_resource_mcp3b89a698" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "GET /.well-known/oauth-protected-resource/mcp"
  target             = "integrations/${aws_apigatewayv2_integration.static_responses.id}"
  authorization_type = "NONE"
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/vendedlogs/apigateway/${var.name}"
  retention_in_days = 30
}

resource "aws_apigatewayv2_stage" "api" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "live"
  auto_deploy = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      time              = "$context.requestTime"
      requestId         = "$context.requestId"
      routeKey          = "$context.routeKey"
      status            = "$context.status"
      authorizerStatus  = "$context.authorizer.status"
      authorizerLatency = "$context.authorizer.latency"
      authorizerError   = "$context.authorizer.error"
      integrationStatus = "$context.integration.status"
      integrationError  = "$context.integration.error"
    })
  }
}

# Requests to edges.example.com: its DNS has to lead to the output `domain_target`.
resource "aws_apigatewayv2_domain_name" "api" {
  domain_name = "edges.example.com"

  domain_name_configuration {
    certificate_arn = "arn:aws:acm:eu-west-1:111122223333:certificate/1"
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "api" {
  api_id      = aws_apigatewayv2_api.api.id
  domain_name = aws_apigatewayv2_domain_name.api.id
  stage       = aws_apigatewayv2_stage.api.id
}

output "url" {
  description = "The address of the API"
  value       = local.base_url
}

output "api_id" {
  description = "The id of the API"
  value       = aws_apigatewayv2_api.api.id
}

output "authorizer_id" {
  description = "The id of the authorizer in the API"
  value       = aws_apigatewayv2_authorizer.oauth.id
}

output "authorizer_function_name" {
  description = "The name of the authorizer's function"
  value       = aws_lambda_function.authorizer.function_name
}

output "authorizer_function_arn" {
  description = "The ARN of the authorizer's function"
  value       = aws_lambda_function.authorizer.arn
}

output "authorizer_log_group" {
  description = "The log group of the authorizer"
  value       = aws_cloudwatch_log_group.authorizer.name
}

output "domain_target" {
  description = "What the DNS must have an alias (A) record to for edges.example.com"
  value       = aws_apigatewayv2_domain_name.api.domain_name_configuration[0].target_domain_name
}

output "domain_target_zone" {
  description = "The hosted zone of the target, as Route 53 wants it"
  value       = aws_apigatewayv2_domain_name.api.domain_name_configuration[0].hosted_zone_id
}
