# The API payments
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
  default     = "payments"
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

variable "apigw_oauth_dpop_nonce_secret" {
  type        = string
  description = "The environment variable APIGW_OAUTH_DPOP_NONCE_SECRET of the authorizer."
  sensitive   = true
}

locals {
  execution_arn = aws_api_gateway_rest_api.api.execution_arn
  base_url      = "https://pay.example.com"
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
  description                    = "Verifies access tokens for the API payments"
  runtime                        = "python3.13"
  architectures                  = ["arm64"]
  handler                        = "lambda_function.handler"
  filename                       = var.package
  source_code_hash               = filebase64sha256(var.package)
  memory_size                    = 256
  timeout                        = 6
  role                           = aws_iam_role.authorizer.arn
  reserved_concurrent_executions = var.reserved_concurrency
  layers                         = ["arn:aws:lambda:eu-west-1:111122223333:layer:extension:12"]
  depends_on                     = [aws_iam_role_policy.authorizer]

  environment {
    variables = {
      APIGW_OAUTH_LOG_LEVEL         = "info"
      APIGW_OAUTH_METRICS           = "apigw-oauth"
      CLIENT_ID                     = var.client_id
      APIGW_OAUTH_DPOP_NONCE_SECRET = var.apigw_oauth_dpop_nonce_secret
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
  alarm_description = "The authorizer of payments cannot reach the authorization server"
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
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
  ok_actions          = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}

# Answers routes: functions.pay.
resource "aws_cloudwatch_log_group" "backend_functions_pay" {
  name              = "/aws/lambda/${var.name}-functions-pay"
  retention_in_days = 30
}

resource "aws_iam_role" "backend_functions_pay" {
  name = "${var.name}-functions-pay"
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

resource "aws_iam_role_policy" "backend_functions_pay" {
  name = "function"
  role = aws_iam_role.backend_functions_pay.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.backend_functions_pay.arn}:*"]
      },
    ]
  })
}

resource "aws_lambda_function" "backend_functions_pay" {
  function_name    = "${var.name}-functions-pay"
  description      = "Answers routes: functions.pay"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "functions.pay"
  filename         = var.functions_package
  source_code_hash = filebase64sha256(var.functions_package)
  memory_size      = 256
  timeout          = 29
  role             = aws_iam_role.backend_functions_pay.arn
  layers           = ["arn:aws:lambda:eu-west-1:111122223333:layer:dependencies:3"]
  depends_on       = [aws_iam_role_policy.backend_functions_pay]

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.backend_functions_pay.name
  }
}

resource "aws_lambda_permission" "backend_functions_pay" {
  for_each      = toset(["*/POST/payments"])
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.backend_functions_pay.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution_arn}/${each.value}"
}

# The API.
resource "aws_api_gateway_rest_api" "api" {
  name                         = "payments"
  disable_execute_api_endpoint = true

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_authorizer" "oauth" {
  name                             = "oauth"
  rest_api_id                      = aws_api_gateway_rest_api.api.id
  type                             = "REQUEST"
  authorizer_uri                   = aws_lambda_function.authorizer.invoke_arn
  identity_source                  = "method.request.header.Authorization"
  authorizer_result_ttl_in_seconds = 0
}

resource "aws_api_gateway_resource" "payments" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "payments"
}

resource "aws_api_gateway_resource" "price" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "price"
}

resource "aws_api_gateway_resource" "well_known566df656" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = ".well-known"
}

resource "aws_api_gateway_resource" "well_known_oauth_protected_resourcef30ceeb7" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.well_known566df656.id
  path_part   = "oauth-protected-resource"
}

# POST /payments
resource "aws_api_gateway_method" "post_payments" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.payments.id
  http_method   = "POST"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.oauth.id
}

resource "aws_api_gateway_integration" "post_payments" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.payments.id
  http_method             = aws_api_gateway_method.post_payments.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.backend_functions_pay.invoke_arn
}

# GET /price (public)
resource "aws_api_gateway_method" "get_price" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.price.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "get_price" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = aws_api_gateway_resource.price.id
  http_method          = aws_api_gateway_method.get_price.http_method
  type                 = "MOCK"
  passthrough_behavior = "NEVER"
  request_templates = {
    "application/json" = "{\"statusCode\": 200}"
  }
}

resource "aws_api_gateway_method_response" "get_price" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.price.id
  http_method = aws_api_gateway_method.get_price.http_method
  status_code = "200"
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"   = true
    "method.response.header.Access-Control-Expose-Headers" = true
  }
}

resource "aws_api_gateway_integration_response" "get_price" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.price.id
  http_method = aws_api_gateway_integration.get_price.http_method
  status_code = aws_api_gateway_method_response.get_price.status_code
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"   = "'https://app.example.com'"
    "method.response.header.Access-Control-Expose-Headers" = "'WWW-Authenticate,DPoP-Nonce,*'"
  }
  response_templates = {
    "application/json" = "{\"price\": \"\\u00245\", \"note\": \"\\u0024{not} \\u0023a %%{template}\"}"
  }
}

# GET /.well-known/oauth-protected-resource (public)
resource "aws_api_gateway_method" "get_well_known_oauth_protected_resourcef30ceeb7" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.well_known_oauth_protected_resourcef30ceeb7.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "get_well_known_oauth_protected_resourcef30ceeb7" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = aws_api_gateway_resource.well_known_oauth_protected_resourcef30ceeb7.id
  http_method          = aws_api_gateway_method.get_well_known_oauth_protected_resourcef30ceeb7.http_method
  type                 = "MOCK"
  passthrough_behavior = "NEVER"
  request_templates = {
    "application/json" = "{\"statusCode\": 200}"
  }
}

resource "aws_api_gateway_method_response" "get_well_known_oauth_protected_resourcef30ceeb7" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.well_known_oauth_protected_resourcef30ceeb7.id
  http_method = aws_api_gateway_method.get_well_known_oauth_protected_resourcef30ceeb7.http_method
  status_code = "200"
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin" = true
  }
}

resource "aws_api_gateway_integration_response" "get_well_known_oauth_protected_resourcef30ceeb7" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.well_known_oauth_protected_resourcef30ceeb7.id
  http_method = aws_api_gateway_integration.get_well_known_oauth_protected_resourcef30ceeb7.http_method
  status_code = aws_api_gateway_method_response.get_well_known_oauth_protected_resourcef30ceeb7.status_code
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin" = "'*'"
  }
  response_templates = {
    "application/json" = "{\"resource\": \"https://pay.example.com\", \"authorization_servers\": [\"https://as.example.com\"], \"scopes_supported\": [\"pay\"], \"bearer_methods_supported\": [\"header\"], \"dpop_signing_alg_values_supported\": [\"ES256\", \"PS256\", \"RS256\", \"EdDSA\", \"Ed25519\"], \"tls_client_certificate_bound_access_tokens\": true}"
  }
}

# OPTIONS /payments (public)
resource "aws_api_gateway_method" "options_payments" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.payments.id
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "options_payments" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = aws_api_gateway_resource.payments.id
  http_method          = aws_api_gateway_method.options_payments.http_method
  type                 = "MOCK"
  passthrough_behavior = "NEVER"
  request_templates = {
    "application/json" = "{\"statusCode\": 200}"
  }
}

resource "aws_api_gateway_method_response" "options_payments" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.payments.id
  http_method = aws_api_gateway_method.options_payments.http_method
  status_code = "200"
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = true
    "method.response.header.Access-Control-Allow-Methods" = true
    "method.response.header.Access-Control-Allow-Headers" = true
    "method.response.header.Access-Control-Max-Age"       = true
  }
}

resource "aws_api_gateway_integration_response" "options_payments" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.payments.id
  http_method = aws_api_gateway_integration.options_payments.http_method
  status_code = aws_api_gateway_method_response.options_payments.status_code
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = "'https://app.example.com'"
    "method.response.header.Access-Control-Allow-Methods" = "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'"
    "method.response.header.Access-Control-Allow-Headers" = "'Authorization,Content-Type,DPoP,*'"
    "method.response.header.Access-Control-Max-Age"       = "'600'"
  }
  response_templates = {
    "application/json" = ""
  }
}

# OPTIONS /price (public)
resource "aws_api_gateway_method" "options_price" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.price.id
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "options_price" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = aws_api_gateway_resource.price.id
  http_method          = aws_api_gateway_method.options_price.http_method
  type                 = "MOCK"
  passthrough_behavior = "NEVER"
  request_templates = {
    "application/json" = "{\"statusCode\": 200}"
  }
}

resource "aws_api_gateway_method_response" "options_price" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.price.id
  http_method = aws_api_gateway_method.options_price.http_method
  status_code = "200"
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = true
    "method.response.header.Access-Control-Allow-Methods" = true
    "method.response.header.Access-Control-Allow-Headers" = true
    "method.response.header.Access-Control-Max-Age"       = true
  }
}

resource "aws_api_gateway_integration_response" "options_price" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.price.id
  http_method = aws_api_gateway_integration.options_price.http_method
  status_code = aws_api_gateway_method_response.options_price.status_code
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = "'https://app.example.com'"
    "method.response.header.Access-Control-Allow-Methods" = "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'"
    "method.response.header.Access-Control-Allow-Headers" = "'Authorization,Content-Type,DPoP,*'"
    "method.response.header.Access-Control-Max-Age"       = "'600'"
  }
  response_templates = {
    "application/json" = ""
  }
}

# OPTIONS /.well-known/oauth-protected-resource (public)
resource "aws_api_gateway_method" "options_well_known_oauth_protected_resourcef30ceeb7" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.well_known_oauth_protected_resourcef30ceeb7.id
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "options_well_known_oauth_protected_resourcef30ceeb7" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = aws_api_gateway_resource.well_known_oauth_protected_resourcef30ceeb7.id
  http_method          = aws_api_gateway_method.options_well_known_oauth_protected_resourcef30ceeb7.http_method
  type                 = "MOCK"
  passthrough_behavior = "NEVER"
  request_templates = {
    "application/json" = "{\"statusCode\": 200}"
  }
}

resource "aws_api_gateway_method_response" "options_well_known_oauth_protected_resourcef30ceeb7" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.well_known_oauth_protected_resourcef30ceeb7.id
  http_method = aws_api_gateway_method.options_well_known_oauth_protected_resourcef30ceeb7.http_method
  status_code = "200"
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = true
    "method.response.header.Access-Control-Allow-Methods" = true
    "method.response.header.Access-Control-Allow-Headers" = true
    "method.response.header.Access-Control-Max-Age"       = true
  }
}

resource "aws_api_gateway_integration_response" "options_well_known_oauth_protected_resourcef30ceeb7" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.well_known_oauth_protected_resourcef30ceeb7.id
  http_method = aws_api_gateway_integration.options_well_known_oauth_protected_resourcef30ceeb7.http_method
  status_code = aws_api_gateway_method_response.options_well_known_oauth_protected_resourcef30ceeb7.status_code
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = "'https://app.example.com'"
    "method.response.header.Access-Control-Allow-Methods" = "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'"
    "method.response.header.Access-Control-Allow-Headers" = "'Authorization,Content-Type,DPoP,*'"
    "method.response.header.Access-Control-Max-Age"       = "'600'"
  }
  response_templates = {
    "application/json" = ""
  }
}

# How requests are refused.
resource "aws_api_gateway_gateway_response" "unauthorized" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  response_type = "UNAUTHORIZED"
  status_code   = "401"
  response_parameters = {
    "gatewayresponse.header.WWW-Authenticate"              = "'Bearer resource_metadata=\"https://pay.example.com/.well-known/oauth-protected-resource\", DPoP algs=\"ES256 PS256 RS256 EdDSA Ed25519\", resource_metadata=\"https://pay.example.com/.well-known/oauth-protected-resource\"'"
    "gatewayresponse.header.Cache-Control"                 = "'no-store'"
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'https://app.example.com'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate,DPoP-Nonce'"
  }
  response_templates = {
    "application/json" = "{\"message\":$context.error.messageString}"
  }
}

resource "aws_api_gateway_gateway_response" "access_denied" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  response_type = "ACCESS_DENIED"
  status_code   = "401"
  response_parameters = {
    "gatewayresponse.header.WWW-Authenticate"              = "context.authorizer.wwwAuthenticate"
    "gatewayresponse.header.DPoP-Nonce"                    = "context.authorizer.dpopNonce"
    "gatewayresponse.header.Cache-Control"                 = "'no-store'"
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'https://app.example.com'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate,DPoP-Nonce'"
  }
  response_templates = {
    "application/json" = "{\"message\":$context.error.messageString}"
  }
}

resource "aws_api_gateway_gateway_response" "default_4xx" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  response_type = "DEFAULT_4XX"
  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'https://app.example.com'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate,DPoP-Nonce'"
  }
  response_templates = {
    "application/json" = "{\"message\":$context.error.messageString}"
  }
}

resource "aws_api_gateway_gateway_response" "default_5xx" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  response_type = "DEFAULT_5XX"
  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'https://app.example.com'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate,DPoP-Nonce'"
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
      aws_api_gateway_resource.payments,
      aws_api_gateway_resource.price,
      aws_api_gateway_resource.well_known566df656,
      aws_api_gateway_resource.well_known_oauth_protected_resourcef30ceeb7,
      aws_api_gateway_method.post_payments,
      aws_api_gateway_integration.post_payments,
      aws_api_gateway_method.get_price,
      aws_api_gateway_integration.get_price,
      aws_api_gateway_method_response.get_price,
      aws_api_gateway_integration_response.get_price,
      aws_api_gateway_method.get_well_known_oauth_protected_resourcef30ceeb7,
      aws_api_gateway_integration.get_well_known_oauth_protected_resourcef30ceeb7,
      aws_api_gateway_method_response.get_well_known_oauth_protected_resourcef30ceeb7,
      aws_api_gateway_integration_response.get_well_known_oauth_protected_resourcef30ceeb7,
      aws_api_gateway_method.options_payments,
      aws_api_gateway_integration.options_payments,
      aws_api_gateway_method_response.options_payments,
      aws_api_gateway_integration_response.options_payments,
      aws_api_gateway_method.options_price,
      aws_api_gateway_integration.options_price,
      aws_api_gateway_method_response.options_price,
      aws_api_gateway_integration_response.options_price,
      aws_api_gateway_method.options_well_known_oauth_protected_resourcef30ceeb7,
      aws_api_gateway_integration.options_well_known_oauth_protected_resourcef30ceeb7,
      aws_api_gateway_method_response.options_well_known_oauth_protected_resourcef30ceeb7,
      aws_api_gateway_integration_response.options_well_known_oauth_protected_resourcef30ceeb7,
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
  stage_name    = "v1"
}

# Requests to pay.example.com: its DNS has to lead to the output `domain_target`.
resource "aws_api_gateway_domain_name" "api" {
  domain_name              = "pay.example.com"
  regional_certificate_arn = "arn:aws:acm:eu-west-1:111122223333:certificate/1"
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  mutual_tls_authentication {
    truststore_uri = "s3://trust/store.pem"
  }
}

resource "aws_api_gateway_base_path_mapping" "api" {
  api_id      = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.api.stage_name
  domain_name = aws_api_gateway_domain_name.api.domain_name
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

output "domain_target" {
  description = "What the DNS must have an alias (A) record to for pay.example.com"
  value       = aws_api_gateway_domain_name.api.regional_domain_name
}

output "domain_target_zone" {
  description = "The hosted zone of the target, as Route 53 wants it"
  value       = aws_api_gateway_domain_name.api.regional_zone_id
}
