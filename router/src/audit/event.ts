import type { ErrorCode } from '@cnop/schema/codes'

/** The recorded actions. Movements of money are in the journal, which has a hash chain of its own. */
export const auditActions = [
  'user.sign_up',
  'user.demo',
  'user.sign_in',
  'user.sign_out',
  'session.revoke',
  'session.refresh_reused',
  'token.refused',
  'profile.change',
  'password.change',
  'limit.hit',
  'block.set',
  'block.cleared',
  'admin.access',
  'role.change',
  'activity.export',
  'fault.set',
  'fault.cleared',
  'process.start',
  'process.stop',
  'audit.gap',
] as const

export type AuditAction = (typeof auditActions)[number]

/** `unknown`: it was requested; whether it took effect is not known. */
export type AuditOutcome = 'ok' | 'failed' | 'refused' | 'blocked' | 'unknown'

/** Short facts of the router's own; a caller's input is recorded only after it was verified. */
export type AuditExtra = Readonly<Record<string, string | number>>

export interface SecurityEvent {
  readonly action: AuditAction
  readonly outcome: AuditOutcome
  readonly code?: ErrorCode | undefined
  readonly user?: string | undefined
  /** Not masked: this is the only log with full addresses. */
  readonly client_ip?: string | undefined
  readonly request_id?: string | undefined
  readonly user_agent?: string | undefined
  readonly extra?: AuditExtra | undefined
  /** The number of events that this record counts; default 1. */
  readonly count?: number
}

/** Records an event. It never throws: requests are served even when the trail cannot be written. */
export type RecordEvent = (event: SecurityEvent) => void

/** An event in its place in the chain of one process. */
export interface AuditRecord extends SecurityEvent {
  readonly count: number
  /** The sequence number in the chain, from 1, without gaps. */
  readonly sequence: number
  /** RFC 3339, UTC. */
  readonly timestamp: string
  /** The process whose chain this is, and the name of its file. */
  readonly process: string
  /** The hash of the record before; zeros for the first. */
  readonly previous: string
  readonly hash: string
}
