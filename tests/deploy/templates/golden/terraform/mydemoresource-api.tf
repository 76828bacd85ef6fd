# The API mydemo
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
  default     = "mydemo"
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
  execution_arn = aws_api_gateway_rest_api.api.execution_arn
  base_url      = "https://${aws_api_gateway_rest_api.api.id}.execute-api.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}/dev"
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
          "arn:${data.aws_partition.current.partition}:secretsmanager:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:secret:mydemo/authlete-??????",
        ]
      },
    ]
  })
}

resource "aws_lambda_function" "authorizer" {
  function_name                  = "${var.name}-authorizer"
  description                    = "Verifies access tokens for the API mydemo"
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
  source_arn    = "${local.execution_arn}/authorizers/${aws_api_gateway_authorizer.oauth.id}"
}

resource "aws_cloudwatch_metric_alarm" "authorization_server_unreachable" {
  alarm_name        = "${var.name}-authorization-server-unreachable"
  alarm_description = "The authorizer of mydemo cannot reach the authorization server"
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
  for_each      = toset(["*/GET/mydemoresource"])
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.backend_functions_hello.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution_arn}/${each.value}"
}

# Answers routes: functions.me.
resource "aws_cloudwatch_log_group" "backend_functions_me" {
  name              = "/aws/lambda/${var.name}-functions-me"
  retention_in_days = 30
}

resource "aws_iam_role" "backend_functions_me" {
  name = "${var.name}-functions-me"
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

resource "aws_iam_role_policy" "backend_functions_me" {
  name = "function"
  role = aws_iam_role.backend_functions_me.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.backend_functions_me.arn}:*"]
      },
    ]
  })
}

resource "aws_lambda_function" "backend_functions_me" {
  function_name    = "${var.name}-functions-me"
  description      = "Answers routes: functions.me"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "functions.me"
  filename         = var.functions_package
  source_code_hash = filebase64sha256(var.functions_package)
  memory_size      = 256
  timeout          = 29
  role             = aws_iam_role.backend_functions_me.arn
  depends_on       = [aws_iam_role_policy.backend_functions_me]

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.backend_functions_me.name
  }
}

resource "aws_lambda_permission" "backend_functions_me" {
  for_each      = toset(["*/GET/me"])
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.backend_functions_me.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution_arn}/${each.value}"
}

# The API.
resource "aws_api_gateway_rest_api" "api" {
  name                         = "mydemo"
  disable_execute_api_endpoint = false

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_authorizer" "oauth" {
  name                             = "oauth"
  rest_api_id                      = aws_api_gateway_rest_api.api.id
  type                             = "REQUEST"
  authorizer_uri                   = aws_lambda_function.authorizer.invoke_arn
  identity_source                  = "method.request.header.Authorization,context.resourceId,context.httpMethod"
  authorizer_result_ttl_in_seconds = 60
}

resource "aws_api_gateway_resource" "health" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "health"
}

resource "aws_api_gateway_resource" "mydemoresource" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "mydemoresource"
}

resource "aws_api_gateway_resource" "me" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "me"
}

# GET /health (public)
resource "aws_api_gateway_method" "get_health" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.health.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "get_health" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = aws_api_gateway_resource.health.id
  http_method          = aws_api_gateway_method.get_health.http_method
  type                 = "MOCK"
  passthrough_behavior = "NEVER"
  request_templates = {
    "application/json" = "{\"statusCode\": 200}"
  }
}

resource "aws_api_gateway_method_response" "get_health" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.health.id
  http_method = aws_api_gateway_method.get_health.http_method
  status_code = "200"
}

resource "aws_api_gateway_integration_response" "get_health" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.health.id
  http_method = aws_api_gateway_integration.get_health.http_method
  status_code = aws_api_gateway_method_response.get_health.status_code
  response_templates = {
    "application/json" = "{\"status\":\"ok\"}"
  }
}

# GET /mydemoresource
resource "aws_api_gateway_method" "get_mydemoresource" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.mydemoresource.id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.oauth.id
}

resource "aws_api_gateway_integration" "get_mydemoresource" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.mydemoresource.id
  http_method             = aws_api_gateway_method.get_mydemoresource.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.backend_functions_hello.invoke_arn
}

# GET /me
resource "aws_api_gateway_method" "get_me" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.me.id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.oauth.id
}

resource "aws_api_gateway_integration" "get_me" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.me.id
  http_method             = aws_api_gateway_method.get_me.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.backend_functions_me.invoke_arn
}

# How requests are refused.
resource "aws_api_gateway_gateway_response" "unauthorized" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  response_type = "UNAUTHORIZED"
  status_code   = "401"
  response_parameters = {
    "gatewayresponse.header.WWW-Authenticate"              = "'Bearer'"
    "gatewayresponse.header.Cache-Control"                 = "'no-store'"
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'*'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate'"
  }
  response_templates = {
    "application/json" = "{\"message\":$context.error.messageString}"
  }
}

resource "aws_api_gateway_gateway_response" "access_denied" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  response_type = "ACCESS_DENIED"
  status_code   = "403"
  response_parameters = {
    "gatewayresponse.header.WWW-Authenticate"              = "context.authorizer.wwwAuthenticate"
    "gatewayresponse.header.Cache-Control"                 = "'no-store'"
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'*'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate'"
  }
  response_templates = {
    "application/json" = "{\"message\":$context.error.messageString}"
  }
}

resource "aws_api_gateway_gateway_response" "default_4xx" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  response_type = "DEFAULT_4XX"
  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'*'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate'"
  }
  response_templates = {
    "application/json" = "{\"message\":$context.error.messageString}"
  }
}

resource "aws_api_gateway_gateway_response" "default_5xx" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  response_type = "DEFAULT_5XX"
  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'*'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate'"
  }
  response_templates = {
    "application/json" = "{\"message\":$context.error.messageString}"
  }
}

# Whatever of this changes is deployed anew. The first plan after the first deployment finds
# that everything has, since only then all of it is known.
# What is taken away is destroyed after that, and still served as it was, public routes included,
# until: terraform apply -replace=aws_api_gateway_deployment.api
resource "aws_api_gateway_deployment" "api" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  triggers = {
    redeployment = sha1(jsonencode([
      aws_api_gateway_rest_api.api.disable_execute_api_endpoint,
      aws_api_gateway_authorizer.oauth,
      aws_api_gateway_resource.health,
      aws_api_gateway_resource.mydemoresource,
      aws_api_gateway_resource.me,
      aws_api_gateway_method.get_health,
      aws_api_gateway_integration.get_health,
      aws_api_gateway_method_response.get_health,
      aws_api_gateway_integration_response.get_health,
      aws_api_gateway_method.get_mydemoresource,
      aws_api_gateway_integration.get_mydemoresource,
      aws_api_gateway_method.get_me,
      aws_api_gateway_integration.get_me,
      aws_api_gateway_gateway_response.unauthorized,
      aws_api_gateway_gateway_response.access_denied,
      aws_api_gateway_gateway_response.default_4xx,
      aws_api_gateway_gateway_response.default_5xx,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "api" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.api.id
  stage_name    = "dev"
}

output "url" {
  description = "The address of the API"
  value       = local.base_url
}

output "api_id" {
  description = "The id of the API"
  value       = aws_api_gateway_rest_api.api.id
}

output "authorizer_id" {
  description = "The id of the authorizer in the API"
  value       = aws_api_gateway_authorizer.oauth.id
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
