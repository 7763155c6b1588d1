import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { namingSource, parseEnv, placeOfStore, storeConfig, storeFields } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { openPlatform } from '@cnop/kit/open-platform'
import { BadUsage, runCommand } from './command/command.ts'
import { checkBackup, restore } from './moving/restore.ts'
import { tableNames } from './moving/tables.ts'

const usage = 'Usage: npm run restore -- --from FILE|DIR [--overwrite]'

/**
 * `npm run restore`: writes a backup into an empty store and verifies the ledger. Exits with 1 when the ledger does not
 * add up, and with 2 when the backup or the store was refused.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, overwrite: { type: 'boolean', default: false } },
  })
  const { from } = values
  if (!from) throw new BadUsage()
  const path = await namingSource('--from', () => fileAt(from))
  const { createdAt } = await checkBackup(path)
  const log = createLog('restore', { level: 'error', filePath: undefined })
  const config = storeConfig(parseEnv(storeFields, process.env))
  const store = placeOfStore(config)
  if (values.overwrite) process.stderr.write(`The rows of this store are replaced: ${store}\n`)
  // Everything that a copy contains is in the tables.
  const platform = await openPlatform({ ...config, redisUrl: undefined }, log, {
    purpose: 'restore',
  })
  try {
    const options = { path, mayOverwrite: values.overwrite }
    const { rows, verification } = await restore(platform, tableNames(process.env), options)
    const { isBalanced, accounts, entries, discrepancy, discrepancies } = verification
    if (discrepancy)
      process.stdout.write(
        `${discrepancy.kind} of ${discrepancy.username}: ${discrepancy.message}\n`,
      )
    const found = { isBalanced, accounts, entries, discrepancies: discrepancies.length }
    process.stdout.write(`${JSON.stringify({ store, file: path, createdAt, rows, ...found })}\n`)
    return isBalanced ? 0 : 1
  } finally {
    await platform.close()
  }
}

/** The newest backup of a directory. */
function fileAt(from: string): string {
  if (!statSync(from).isDirectory()) return from
  const newest = readdirSync(from)
    .filter((name) => name.endsWith('.backup.gz'))
    .sort()
    .at(-1)
  if (newest === undefined) throw new Error(`${from} has no backup (*.backup.gz).`)
  return join(from, newest)
}

await runCommand({ usage, main })
