# The API chat
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
  default     = "chat"
}

variable "package" {
  type        = string
  description = "The ZIP file of `apigw-oauth package`."
  default     = "authorizer.zip"
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
  base_url      = "wss://${aws_apigatewayv2_api.api.id}.execute-api.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}/live"
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
  description                    = "Verifies access tokens for the API chat"
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
      APIGW_OAUTH_LOG_LEVEL       = "info"
      APIGW_OAUTH_METRICS         = "apigw-oauth"
      APIGW_OAUTH_PUBLIC_BASE_URL = local.base_url
      CLIENT_ID                   = var.client_id
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
  alarm_description = "The authorizer of chat cannot reach the authorization server"
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

# The API.
resource "aws_apigatewayv2_api" "api" {
  name                         = "chat"
  protocol_type                = "WEBSOCKET"
  route_selection_expression   = "$request.body.action"
  disable_execute_api_endpoint = false
}

resource "aws_apigatewayv2_authorizer" "oauth" {
  api_id           = aws_apigatewayv2_api.api.id
  name             = "oauth"
  authorizer_type  = "REQUEST"
  authorizer_uri   = aws_lambda_function.authorizer.invoke_arn
  identity_sources = ["route.request.header.Authorization"]
}

resource "aws_apigatewayv2_integration" "connect" {
  api_id           = aws_apigatewayv2_api.api.id
  integration_type = "MOCK"
  request_templates = {
    "200" = "{\"statusCode\": 200}"
  }
  template_selection_expression = "200"
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "$connect"
  target             = "integrations/${aws_apigatewayv2_integration.connect.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.oauth.id
}

resource "aws_apigatewayv2_integration" "default" {
  api_id           = aws_apigatewayv2_api.api.id
  integration_type = "MOCK"
  request_templates = {
    "200" = "{\"statusCode\": 200}"
  }
  template_selection_expression = "200"
}

resource "aws_apigatewayv2_route" "default" {
  api_id                              = aws_apigatewayv2_api.api.id
  route_key                           = "$default"
  target                              = "integrations/${aws_apigatewayv2_integration.default.id}"
  authorization_type                  = "NONE"
  route_response_selection_expression = "$default"
}

resource "aws_apigatewayv2_integration_response" "default" {
  api_id                   = aws_apigatewayv2_api.api.id
  integration_id           = aws_apigatewayv2_integration.default.id
  integration_response_key = "$default"
  response_templates = {
    "200" = "{\"say\": \"hello\"}"
  }
  template_selection_expression = "200"
}

resource "aws_apigatewayv2_route_response" "default" {
  api_id             = aws_apigatewayv2_api.api.id
  route_id           = aws_apigatewayv2_route.default.id
  route_response_key = "$default"
}

resource "aws_apigatewayv2_integration" "message_send" {
  api_id             = aws_apigatewayv2_api.api.id
  integration_type   = "HTTP_PROXY"
  integration_method = "POST"
  integration_uri    = "https://chat.example.com/send"
}

resource "aws_apigatewayv2_route" "message_send" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "send"
  target             = "integrations/${aws_apigatewayv2_integration.message_send.id}"
  authorization_type = "NONE"
}

# Whatever of this changes is deployed anew. The first plan after the first deployment finds
# that everything has, since only then all of it is known.
# What is taken away is destroyed after that, and still served as it was, public routes included,
# until: terraform apply -replace=aws_apigatewayv2_deployment.api
resource "aws_apigatewayv2_deployment" "api" {
  api_id = aws_apigatewayv2_api.api.id
  triggers = {
    redeployment = sha1(jsonencode([
      aws_apigatewayv2_api.api.disable_execute_api_endpoint,
      aws_apigatewayv2_authorizer.oauth,
      aws_apigatewayv2_integration.connect,
      aws_apigatewayv2_route.connect,
      aws_apigatewayv2_integration.default,
      aws_apigatewayv2_route.default,
      aws_apigatewayv2_integration_response.default,
      aws_apigatewayv2_route_response.default,
      aws_apigatewayv2_integration.message_send,
      aws_apigatewayv2_route.message_send,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_stage" "api" {
  api_id        = aws_apigatewayv2_api.api.id
  name          = "live"
  deployment_id = aws_apigatewayv2_deployment.api.id
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
