import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namingSource, parseEnv, port, storeFields } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { runProcess } from '@cnop/kit/run'
import { endWithNpm } from './end-with-npm.ts'
import { startSplit } from './split/split.ts'

const fields = {
  DATA_DIRECTORY: storeFields.DATA_DIRECTORY,
  USER_PORT: port(8000),
  INVENTORY_PORT: port(8001),
  ORDER_PORT: port(8002),
  INSIGHTS_PORT: port(8004),
  CNY_PORT: port(8005),
  ROUTER_PORT: port(8080),
  WEB_PORT: port(3000),
}

/** `npm run start:split`: six processes, a real Redis and the embedded store with one supervisor. */
endWithNpm()
await runProcess(process, async () => {
  const vars = parseEnv(fields, process.env)
  const split = await startSplit({
    env: process.env,
    ports: {
      user: vars.USER_PORT,
      inventory: vars.INVENTORY_PORT,
      order: vars.ORDER_PORT,
      insights: vars.INSIGHTS_PORT,
      cny: vars.CNY_PORT,
      router: vars.ROUTER_PORT,
      web: vars.WEB_PORT,
    },
    keepsRedis: true,
    onLine: (name, line) => process.stdout.write(`${name.padEnd(9)} | ${line}\n`),
  })
  const pids = split.services.map(({ name, pid }) => `${name} ${pid}`).join(', ')
  // Only its owner can read the keys in it.
  const file = join(vars.DATA_DIRECTORY, 'split.env')
  const lines = Object.entries(split.shared).map(([name, value]) => `${name}='${value}'\n`)
  await namingSource('DATA_DIRECTORY', () => writeFileSync(file, lines.join(''), { mode: 0o600 }))
  process.stdout.write(
    `The platform is ready: dashboard ${split.webOrigin}, GraphQL ${split.origin}/graphql\n`,
  )
  process.stdout.write(`Processes: ${pids}\n`)
  process.stdout.write(`Variables for operators' commands: set -a; . ${file}; set +a\n`)
  return {
    log: createLog('supervisor', { level: 'info', filePath: undefined }),
    stop: () => split.stop(),
  }
})
