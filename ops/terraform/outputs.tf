output "role_arns" {
  description = "The role of each service, for the annotation of its account in the cluster."
  value       = { for name, role in aws_iam_role.service : name => role.arn }
}

output "redis_host" {
  description = "Where Redis answers: rediss://:PASSWORD@HOST:6379 is REDIS_URL."
  value       = aws_elasticache_replication_group.redis.primary_endpoint_address
}
