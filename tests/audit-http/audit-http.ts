import { print, readCommit } from '../report.ts'
import { startWorld } from '../world/world.ts'
import { auditOver } from './audit.ts'

/** `npm run audit:http`: the GraphQL-over-HTTP audits. They need free text and introspection. */
const world = await startWorld()
try {
  const { ok, notices, warnings, errors } = await auditOver(world.origin)
  for (const line of [...notices, ...warnings, ...errors]) print(line)
  const counts = { notices: notices.length, warnings: warnings.length, errors: errors.length }
  print(JSON.stringify({ ok, ...counts, seed: null, commit: readCommit() }))
  if (counts.warnings > 0 || counts.errors > 0) process.exitCode = 1
} finally {
  await world.stop()
}
