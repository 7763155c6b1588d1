resource "aws_elasticache_subnet_group" "redis" {
  name       = "cnop"
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "redis" {
  name   = "cnop-redis"
  vpc_id = var.vpc_id

  ingress {
    from_port       = 6379
    to_port         = 6379
    protocol        = "tcp"
    security_groups = var.client_security_group_ids
  }
}

# One shard: the processes use pub/sub and single keys, without a cluster client.
resource "aws_elasticache_replication_group" "redis" {
  replication_group_id       = "cnop"
  description                = "Bus, limits, blocks and caches; nothing in it is needed after a restart."
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = "cache.t4g.small"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  port                       = 6379
  subnet_group_name          = aws_elasticache_subnet_group.redis.name
  security_group_ids         = [aws_security_group.redis.id]
  transit_encryption_enabled = true
  at_rest_encryption_enabled = true
  auth_token                 = var.redis_password
}
