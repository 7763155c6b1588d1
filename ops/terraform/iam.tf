locals {
  # The actions of each service on each table. A test compares them with the calls that its code can reach.
  services = {
    user      = { writes = ["users", "ledger", "outbox"], reads = ["quotes"] }
    order     = { writes = ["orders", "ledger", "outbox"], reads = ["quotes"] }
    inventory = { writes = ["inventory", "outbox", "quotes"], reads = [] }
    insights  = { writes = [], reads = ["quotes"] }
    cny       = { writes = ["claims", "ledger"], reads = [] }
  }

  read_actions = [
    "dynamodb:BatchGetItem",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:GetItem",
    "dynamodb:Query",
  ]

  # A transaction needs the permission for each of its parts, including condition checks.
  write_actions = [
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
  ]

  # Only a migration of the ledger writes in batches.
  ledger_actions = ["dynamodb:BatchWriteItem"]
}

data "aws_iam_policy_document" "trust" {
  for_each = local.services

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [var.oidc_provider_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${var.oidc_provider_url}:sub"
      values   = ["system:serviceaccount:cnop:${each.key}"]
    }
    condition {
      test     = "StringEquals"
      variable = "${var.oidc_provider_url}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "tables" {
  for_each = local.services

  statement {
    actions = local.read_actions
    resources = flatten([
      for table in concat(each.value.writes, each.value.reads) : [
        aws_dynamodb_table.this[table].arn,
        "${aws_dynamodb_table.this[table].arn}/index/*",
      ]
    ])
  }

  dynamic "statement" {
    for_each = length(each.value.writes) > 0 ? [each.value.writes] : []
    content {
      actions = concat(local.write_actions, contains(statement.value, "ledger") ? local.ledger_actions : [])
      resources = flatten([
        for table in statement.value : [
          aws_dynamodb_table.this[table].arn,
          "${aws_dynamodb_table.this[table].arn}/index/*",
        ]
      ])
    }
  }
}

resource "aws_iam_role" "service" {
  for_each = local.services

  name               = "cnop-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

resource "aws_iam_role_policy" "tables" {
  for_each = local.services

  name   = "tables"
  role   = aws_iam_role.service[each.key].id
  policy = data.aws_iam_policy_document.tables[each.key].json
}
