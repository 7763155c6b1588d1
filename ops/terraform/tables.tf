locals {
  # The names of `ops/kubernetes` and of the code: a test compares this map with each service's `tables.ts`.
  tables = {
    users     = { time_to_live = true, indexes = {} }
    ledger    = { time_to_live = true, indexes = { unverified = "KEYS_ONLY" } }
    orders    = { time_to_live = false, indexes = { waiting = "ALL" } }
    inventory = { time_to_live = true, indexes = {} }
    outbox    = { time_to_live = true, indexes = {} }
    quotes    = { time_to_live = true, indexes = {} }
    claims    = { time_to_live = true, indexes = {} }
  }
}

resource "aws_dynamodb_table" "this" {
  for_each = local.tables

  name                        = each.key
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  hash_key                    = "pk"
  range_key                   = "sk"

  dynamic "attribute" {
    for_each = concat(["pk", "sk"], flatten([for name in keys(each.value.indexes) : ["${name}Pk", "${name}Sk"]]))
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.indexes
    content {
      name            = global_secondary_index.key
      hash_key        = "${global_secondary_index.key}Pk"
      range_key       = "${global_secondary_index.key}Sk"
      projection_type = global_secondary_index.value
    }
  }

  dynamic "ttl" {
    for_each = each.value.time_to_live ? ["expiresAt"] : []
    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  # A key of the account that AWS manages.
  server_side_encryption {
    enabled = true
  }
}
