import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { subgraphNames } from '@cnop/schema/read'

/** `npm run up`: makes the secrets of this machine's demo, once, and starts the containers. */
if (!existsSync('.env')) {
  const keys = subgraphNames.map(
    (name) => `${name.toUpperCase()}_SEAL_KEYS=compose:${randomBytes(32).toString('base64url')}`,
  )
  writeFileSync('.env', `${keys.join('\n')}\n`, { mode: 0o600 })
  console.log('Made new secrets in .env.')
}
const { status, error } = spawnSync('docker', ['compose', 'up', '--build'], { stdio: 'inherit' })
if (error) console.error(`docker compose cannot be run: ${error.message}`)
process.exitCode = status ?? 1
