import { mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock, toIso } from '@cnop/kit/clock'
import { parseEnv, storeConfig, storeFields } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { openPlatform } from '@cnop/kit/open-platform'
import { refusalText } from '@cnop/kit/run'
import { backUp } from './moving/backup.ts'
import { tableDefinitions, tableNames } from './moving/tables.ts'

const usage = 'Usage: npm run backup -- --to FILE|DIR'

/** `npm run backup`: copies every table of the store into one file. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { to: { type: 'string' } } })
  if (!values.to) throw new Error(usage)
  const path = fileAt(values.to)
  const log = createLog('backup', { level: 'error', filePath: undefined })
  const config = storeConfig(parseEnv(storeFields, process.env))
  // Everything that a copy contains is in the tables.
  const platform = await openPlatform({ ...config, redisUrl: undefined }, log)
  try {
    const tables = tableNames(process.env)
    await platform.ensureTables(tableDefinitions(tables))
    const result = await backUp(platform.db, tables, path)
    process.stdout.write(`${JSON.stringify({ file: path, ...result })}\n`)
  } finally {
    await platform.close()
  }
}

/** In a directory, the file has the time in its name, so that names sort by time. */
function fileAt(to: string): string {
  const isDirectory = to.endsWith('/') || statSync(to, { throwIfNoEntry: false })?.isDirectory()
  const stamp = toIso(systemClock()).replaceAll(/[-:]|\.\d+/g, '')
  const path = isDirectory === true ? join(to, `cnop-${stamp}.backup.gz`) : to
  mkdirSync(dirname(path), { recursive: true })
  return path
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${refusalText(error)}\n`)
  process.exitCode = 2
}
