import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { subgraphNames } from '@cnop/schema/read'
import { BadUsage, runCommand } from './command/command.ts'

const path = '.env'
const newSecret = (): string => randomBytes(32).toString('base64url')

/** On one line, as a file of variables requires. Single quotes preserve its double quotes. */
function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return `'${JSON.stringify(privateKey.export({ format: 'jwk' }))}'`
}

/** Every secret of docker-compose.yml, with a new value. */
const secrets = [
  ...subgraphNames.map((name) => [`${name.toUpperCase()}_SEAL_KEYS`, `compose:${newSecret()}`]),
  ['REDIS_PASSWORD', newSecret()],
  ['GRAFANA_ADMIN_PASSWORD', newSecret()],
  ['JWT_PRIVATE_KEY', newSigningKey()],
]

/** `npm run up [-- production]`: creates the missing secrets of this machine, and starts the containers. */
function main(): Promise<number> {
  const [profile = 'demo'] = process.argv.slice(2)
  if (profile !== 'demo' && profile !== 'production') throw new BadUsage()
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const missing = secrets.filter(([name]) => !text.match(new RegExp(`^${name}=`, 'm')))
  if (missing.length > 0) {
    const lines = missing.map((pair) => `${pair.join('=')}\n`).join('')
    appendFileSync(path, text === '' || text.endsWith('\n') ? lines : `\n${lines}`, { mode: 0o600 })
    console.log('Created new secrets in .env.')
  }
  const { status, error } = spawnSync('docker', ['compose', 'up', '--build'], {
    stdio: 'inherit',
    env: { ...process.env, APP_PROFILE: profile },
  })
  if (error) throw new Error(`docker compose failed to run: ${error.message}`)
  return Promise.resolve(status ?? 1)
}

await runCommand({ usage: 'Usage: npm run up [-- demo|production]', failed: 1, main })
