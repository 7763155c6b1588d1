import { systemClock } from '@cnop/kit/clock'
import { type Env, parseEnv, storeFields } from '@cnop/kit/config'
import type { Log } from '@cnop/kit/log'
import { auditDirectory, openAuditTrail, type SecurityEvent } from '@cnop/router/operator'

/** Records the action of an operator's command, in a separate chain beside those of the routers. */
export async function recordCommand(
  name: string,
  { env, log }: { readonly env: Env; readonly log: Log },
  event: SecurityEvent,
): Promise<void> {
  const vars = parseEnv(storeFields, env)
  const AUDIT_PATH = env['AUDIT_PATH']?.trim() || undefined
  const directory = auditDirectory({ ...vars, AUDIT_PATH })
  const trail = openAuditTrail({ directory, name, now: systemClock, log })
  trail.record(event)
  await trail.close()
}
