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

variable "authlete_api_key" {
  type        = string
  description = "The environment variable AUTHLETE_API_KEY of the authorizer."
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
          "arn:${data.aws_partition.current.partition}:secretsmanager:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:secret:chat/authlete-??????",
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
      AUTHLETE_API_KEY            = var.authlete_api_key
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

# Answers routes: functions.connect.
resource "aws_cloudwatch_log_group" "backend_functions_connect" {
  name              = "/aws/lambda/${var.name}-functions-connect"
  retention_in_days = 30
}

resource "aws_iam_role" "backend_functions_connect" {
  name = "${var.name}-functions-connect"
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

resource "aws_iam_role_policy" "backend_functions_connect" {
  name = "function"
  role = aws_iam_role.backend_functions_connect.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.backend_functions_connect.arn}:*"]
      },
      {
        Effect = "Allow"
        Action = ["execute-api:ManageConnections"]
        Resource = [
          "arn:${data.aws_partition.current.partition}:execute-api:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:${aws_apigatewayv2_api.api.id}/live/*/@connections/*",
        ]
      },
    ]
  })
}

resource "aws_lambda_function" "backend_functions_connect" {
  function_name    = "${var.name}-functions-connect"
  description      = "Answers routes: functions.connect"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "functions.connect"
  filename         = var.functions_package
  source_code_hash = filebase64sha256(var.functions_package)
  memory_size      = 256
  timeout          = 29
  role             = aws_iam_role.backend_functions_connect.arn
  depends_on       = [aws_iam_role_policy.backend_functions_connect]

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.backend_functions_connect.name
  }
}

resource "aws_lambda_permission" "backend_functions_connect" {
  for_each      = toset(["*/$connect"])
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.backend_functions_connect.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution_arn}/${each.value}"
}

# Answers routes: functions.hello.
resource "aws_cloudwatch_log_group" "backend_functions_hello" {
  name              = "/aws/lambda/${var.name}-functions-hello"
  retention_in_days = 30
}

resource "aws_iam_role" "backend_functions_hello" {
  name = "${var.name}-functions-hello"
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

resource "aws_iam_role_policy" "backend_functions_hello" {
  name = "function"
  role = aws_iam_role.backend_functions_hello.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.backend_functions_hello.arn}:*"]
      },
      {
        Effect = "Allow"
        Action = ["execute-api:ManageConnections"]
        Resource = [
          "arn:${data.aws_partition.current.partition}:execute-api:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:${aws_apigatewayv2_api.api.id}/live/*/@connections/*",
        ]
      },
    ]
  })
}

resource "aws_lambda_function" "backend_functions_hello" {
  function_name    = "${var.name}-functions-hello"
  description      = "Answers routes: functions.hello"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "functions.hello"
  filename         = var.functions_package
  source_code_hash = filebase64sha256(var.functions_package)
  memory_size      = 256
  timeout          = 29
  role             = aws_iam_role.backend_functions_hello.arn
  depends_on       = [aws_iam_role_policy.backend_functions_hello]

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.backend_functions_hello.name
  }
}

resource "aws_lambda_permission" "backend_functions_hello" {
  for_each      = toset(["*/hello"])
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.backend_functions_hello.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution_arn}/${each.value}"
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
  api_id             = aws_apigatewayv2_api.api.id
  integration_type   = "AWS_PROXY"
  integration_method = "POST"
  integration_uri    = aws_lambda_function.backend_functions_connect.invoke_arn
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "$connect"
  target             = "integrations/${aws_apigatewayv2_integration.connect.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.oauth.id
}

resource "aws_apigatewayv2_integration" "message_hello" {
  api_id             = aws_apigatewayv2_api.api.id
  integration_type   = "AWS_PROXY"
  integration_method = "POST"
  integration_uri    = aws_lambda_function.backend_functions_hello.invoke_arn
}

resource "aws_apigatewayv2_route" "message_hello" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "hello"
  target             = "integrations/${aws_apigatewayv2_integration.message_hello.id}"
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
      aws_apigatewayv2_integration.message_hello,
      aws_apigatewayv2_route.message_hello,
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
