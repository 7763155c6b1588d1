import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freeLoopbackPort } from '@cnop/kit/child'
import { type EmbeddedEngine, startEmbedded } from '@cnop/kit/embedded'
import { createLog } from '@cnop/kit/log'
import { createClient } from '../world/client.ts'
import { createTrader } from '../world/trader.ts'

const run = promisify(execFile)
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** A separate platform: a router in another process, a store that can be stopped, a real Redis. */
export interface Stage {
  readonly env: Record<string, string>
  stop(): Promise<void>
}

const write = (path: string, text: string): string => {
  writeFileSync(path, `#!/bin/bash\nset -eo pipefail\n${text}\n`, { mode: 0o755 })
  return path
}

/** Adds cents to a balance without a journal entry. */
const changeRow = (endpoint: string, username: string, cents: number): string => `
  import { connect } from '${root}subgraphs/kit/src/dynamo.ts'
  import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
  import { accountKey } from '${root}subgraphs/ledger/src/keys.ts'
  const db = connect({ region: 'us-west-2', endpoint: '${endpoint}' })
  await db.documents.send(new UpdateCommand({
    TableName: 'ledger',
    Key: accountKey('${username}'),
    UpdateExpression: 'SET available = available + :gift',
    ExpressionAttributeValues: { ':gift': ${cents} },
  }))
`

export async function openStage(): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-runbooks-'))
  const log = createLog('test', { level: 'silent', filePath: undefined })
  const engine = await startEmbedded({ log })
  const [routerPort, redisPort] = [await freeLoopbackPort(), await freeLoopbackPort()]
  const env = {
    ...commonEnv(directory, engine, routerPort, redisPort),
    ...writeScripts(directory, engine, redisPort),
  }
  await run('bash', ['-c', '$START_REDIS && $START_ROUTER'], { cwd: root, env, timeout: 230_000 })
  const token = await makeOperator(env)
  const { username } = await createTrader(createClient(env.ROUTER_URL))
  const change = (cents: number) =>
    write(
      join(directory, `change${cents}.sh`),
      `exec ${process.execPath} --import tsx --input-type=module --eval "$(cat <<'END'\n${changeRow(engine.endpoint, username, cents)}\nEND\n)"`,
    )
  return {
    env: { ...env, OPERATOR_TOKEN: token, BREAK_LEDGER: change(1), MEND_LEDGER: change(-1) },
    stop: () => closeStage(directory, engine),
  }
}

const commonEnv = (
  directory: string,
  engine: EmbeddedEngine,
  routerPort: number,
  redisPort: number,
) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: directory,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  STORE: 'endpoint',
  DYNAMODB_ENDPOINT: engine.endpoint,
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  DATA_DIRECTORY: directory,
  AUDIT_DIRECTORY: join(directory, 'audit'),
  ROUTER_URL: `http://127.0.0.1:${routerPort}`,
  ROUTER_PORT: String(routerPort),
  ROUTER_HOST: '127.0.0.1',
  WEB_ENABLED: 'false',
  SEED_DEMO_USER: 'false',
  LOG_LEVEL: 'warn',
  TRUSTED_PROXIES: '127.0.0.1',
  REQUESTS_AT_ONCE: '20',
  RATE_LIMIT_PER_MINUTE: '1500',
  LEDGER_VERIFY_INTERVAL_MS: '1000',
  INVENTORY_LEASE_MS: '1000',
})

/** The scripts that stop and start the parts of this platform. */
function writeScripts(directory: string, engine: EmbeddedEngine, redisPort: number) {
  const pid = join(directory, 'router.pid')
  const script = (name: string, text: string) => write(join(directory, `${name}.sh`), text)
  const redis = `redis-server --port ${redisPort} --bind 127.0.0.1 --save '' --daemonize yes`
  return {
    START_REDIS: script(
      'start-redis',
      `${redis} --dir ${directory} --pidfile ${directory}/redis.pid > /dev/null
until redis-cli -p ${redisPort} ping > /dev/null 2>&1; do sleep 0.05; done`,
    ),
    STOP_REDIS: script('stop-redis', `redis-cli -p ${redisPort} shutdown nosave`),
    START_STORE: script('start-store', `kill -CONT ${engine.pid}`),
    STOP_STORE: script('stop-store', `kill -STOP ${engine.pid}`),
    START_ROUTER: script(
      'start-router',
      `nohup ${process.execPath} --import tsx router/src/main.ts >> ${directory}/router.log 2>&1 &
echo $! > ${pid}
until curl -sf -o /dev/null "$ROUTER_URL/health"; do
  kill -0 "$(cat ${pid})" || { tail -n 3 ${directory}/router.log >&2; exit 1; }
  sleep 0.1
done`,
    ),
    STOP_ROUTER: script(
      'stop-router',
      `kill -TERM "$(cat ${pid})"
while kill -0 "$(cat ${pid})" 2> /dev/null; do sleep 0.05; done
rm ${pid}`,
    ),
  }
}

async function makeOperator(env: Record<string, string>): Promise<string> {
  const client = createClient(env['ROUTER_URL'] ?? '')
  const { username, password } = await createTrader(client)
  await run('npm', ['run', '--silent', 'admin', '--', 'grant', username], { cwd: root, env })
  const { data } = await client.ask<{ signIn: { accessToken: string } }>(
    'mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }',
    { i: { username, password } },
  )
  return data!.signIn.accessToken
}

async function closeStage(directory: string, engine: EmbeddedEngine): Promise<void> {
  process.kill(engine.pid, 'SIGCONT')
  for (const name of ['router.pid', 'redis.pid']) {
    const path = join(directory, name)
    // Without a check: a program that a failed test left may have ended on its own.
    if (existsSync(path)) spawnSync('kill', ['-KILL', readFileSync(path, 'utf8').trim()])
  }
  await engine.stop()
  rmSync(directory, { recursive: true, force: true })
}
