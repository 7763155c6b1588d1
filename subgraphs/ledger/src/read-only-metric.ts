import { addGauge, type ServiceMetrics } from '@cnop/kit/metrics'
import { isReadOnly, type LedgerDeps } from './command.ts'

/** `<service>_ledger_read_only`: 1 while this process refuses to move money. Alert when it is not 0. */
export function addReadOnlyMetric(
  service: string,
  metrics: Pick<ServiceMetrics, 'registry'>,
  ledger: Pick<LedgerDeps, 'db'>,
): void {
  addGauge(metrics, {
    name: `${service}_ledger_read_only`,
    help: 'Whether the ledger refuses every change because an invariant was violated: 1 or 0.',
    read: () => (isReadOnly(ledger) ? 1 : 0),
  })
}
