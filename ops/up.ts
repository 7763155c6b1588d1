import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { subgraphNames } from '@cnop/schema/read'

const path = '.env'
const newSecret = (): string => randomBytes(32).toString('base64url')

/** Every secret that docker-compose.yml needs, with a new value. */
const secrets = [
  ...subgraphNames.map((name) => [`${name.toUpperCase()}_SEAL_KEYS`, `compose:${newSecret()}`]),
  ['REDIS_PASSWORD', newSecret()],
  ['GRAFANA_ADMIN_PASSWORD', newSecret()],
]

/** `npm run up`: makes the secrets of this machine's demo that are missing, and starts the containers. */
const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
const missing = secrets.filter(([name]) => !text.match(new RegExp(`^${name}=`, 'm')))
if (missing.length > 0) {
  const lines = missing.map((pair) => `${pair.join('=')}\n`).join('')
  appendFileSync(path, text === '' || text.endsWith('\n') ? lines : `\n${lines}`, { mode: 0o600 })
  console.log('Made new secrets in .env.')
}
const { status, error } = spawnSync('docker', ['compose', 'up', '--build'], { stdio: 'inherit' })
if (error) console.error(`docker compose cannot be run: ${error.message}`)
process.exitCode = status ?? 1
