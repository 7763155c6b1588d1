import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock, toIso } from '@cnop/kit/clock'
import { namingSource, parseEnv, placeOfStore, storeConfig, storeFields } from '@cnop/kit/config'
import { makeDirectory } from '@cnop/kit/directories'
import { createLog } from '@cnop/kit/log'
import { openPlatform } from '@cnop/kit/open-platform'
import { BadUsage, runCommand } from './command/command.ts'
import { backUp } from './moving/backup.ts'
import { tableDefinitions, tableNames } from './moving/tables.ts'

const usage = `Usage: npm run backup -- --to FILE|DIR
DIR is created when its name ends with a slash.`

/** `npm run backup`: copies every table of the store into one file. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { to: { type: 'string' } } })
  const { to } = values
  if (!to) throw new BadUsage()
  const log = createLog('backup', { level: 'error', filePath: undefined })
  const config = storeConfig(parseEnv(storeFields, process.env))
  // Everything that a copy contains is in the tables.
  const platform = await openPlatform({ ...config, redisUrl: undefined }, log, {
    purpose: 'command',
  })
  try {
    const tables = tableNames(process.env)
    await platform.ensureTables(tableDefinitions(tables))
    // Not before: a refused backup creates no folder.
    const path = await namingSource('--to', () => fileAt(to))
    const result = await namingSource('--to', () => backUp(platform.db, tables, path))
    process.stdout.write(
      `${JSON.stringify({ store: placeOfStore(config), file: path, ...result })}\n`,
    )
    return 0
  } finally {
    await platform.close()
  }
}

/** In a directory, the file has the time in its name, so that names sort by time. */
function fileAt(to: string): string {
  const isDirectory = to.endsWith('/') || statSync(to, { throwIfNoEntry: false })?.isDirectory()
  const stamp = toIso(systemClock()).replaceAll(/[-:]|\.\d+/g, '')
  const path = isDirectory === true ? join(to, `cnop-${stamp}.backup.gz`) : to
  makeDirectory(dirname(path))
  return path
}

await runCommand({ usage, main })
