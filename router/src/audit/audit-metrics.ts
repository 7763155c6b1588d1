import { addGauge } from '@cnop/kit/metrics'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { AuditTrail } from './trail.ts'
import type { AuditVerifier } from './verify-new.ts'

/** Exports the number of records in this process's trail, and of failed writes. */
export function watchAuditTrail(registry: Registry, trail: Pick<AuditTrail, 'counts'>): void {
  const registers = [registry]
  new Counter({
    name: 'gateway_audit_events_total',
    help: 'Security events in the audit trail of this process.',
    labelNames: ['action', 'outcome'] as const,
    registers,
    collect() {
      this.reset()
      for (const { action, outcome, events } of trail.counts().recorded) {
        this.inc({ action, outcome }, events)
      }
    },
  })
  new Counter({
    name: 'gateway_audit_lost_total',
    help: 'Security events that could not be written.',
    registers,
    collect() {
      this.reset()
      this.inc(trail.counts().lost)
    },
  })
  new Gauge({
    name: 'gateway_audit_writable',
    help: 'Whether the audit trail can be written: 1 yes, 0 no.',
    registers,
    collect() {
      this.set(trail.counts().isWritable ? 1 : 0)
    },
  })
}

/** Exports what the verification of new records has found, and its lag. */
export function watchAuditVerifier(registry: Registry, verifier: AuditVerifier): void {
  addGauge(
    { registry },
    {
      name: 'gateway_audit_broken_chains',
      help: 'Chains of the audit trail with a new record that does not verify.',
      read: () => verifier.brokenChains(),
    },
  )
  addGauge(
    { registry },
    {
      name: 'gateway_audit_unverified_seconds',
      help: 'How long records of this process may have been unverified.',
      read: () => verifier.unverifiedSeconds(),
    },
  )
}
