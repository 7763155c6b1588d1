/** The router's exports for operator commands. */
export { chainPath, headPath } from './audit/chain-file.ts'
export { type ChainHead, chainStart, checkLine, checkOrder, readLine } from './audit/chain.ts'
export { auditDirectory } from './audit/directory.ts'
export type { AuditRecord, SecurityEvent } from './audit/event.ts'
export { listChains } from './audit/last-head.ts'
export { type AuditTrail, openAuditTrail } from './audit/trail.ts'
export { bucketAddress } from './guard/client-ip.ts'
export { redisBlocks } from './guard/ip-block-redis.ts'
