output "role_arns" {
  description = "The role of each service, for the annotation of its account in the cluster."
  value       = { for name, role in aws_iam_role.service : name => role.arn }
}

output "redis_host" {
  description = "The address of Redis: REDIS_URL is rediss://default:PASSWORD@HOST:6379."
  value       = aws_elasticache_replication_group.redis.primary_endpoint_address
}
