variable "region" {
  description = "The region of the tables and of Redis; AWS_REGION of every process."
  type        = string
}

variable "vpc_id" {
  description = "The network of the cluster."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets of that network in at least two zones."
  type        = list(string)
}

variable "client_security_group_ids" {
  description = "Security groups of the cluster's nodes: only these reach Redis."
  type        = list(string)
}

variable "redis_password" {
  description = "The password of Redis, 16 to 128 characters."
  type        = string
  sensitive   = true
}

variable "oidc_provider_arn" {
  description = "The cluster's OIDC provider, through which service accounts assume roles."
  type        = string
}

variable "oidc_provider_url" {
  description = "The address of that provider, without https://."
  type        = string
}
