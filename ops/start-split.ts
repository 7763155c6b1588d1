import { endWithNpm } from './end-with-npm.ts'
import { createLog } from '@cnop/kit/log'
import { runProcess } from '@cnop/kit/run'
import { startSplit } from './split/split.ts'

const defaultPorts = {
  user: 8000,
  inventory: 8001,
  order: 8002,
  insights: 8004,
  cny: 8005,
  router: 8080,
  web: 3000,
}

/** `npm run start:split`: six processes, a real Redis and the embedded store with one supervisor. */
endWithNpm()
await runProcess(process, async () => {
  const split = await startSplit({
    env: process.env,
    ports: defaultPorts,
    onLine: (name, line) => process.stdout.write(`${name.padEnd(9)} | ${line}\n`),
  })
  const pids = split.services.map(({ name, pid }) => `${name} ${pid}`).join(', ')
  process.stdout.write(
    `The platform is ready: dashboard ${split.webOrigin}, GraphQL ${split.origin}/graphql\n`,
  )
  process.stdout.write(`Processes: ${pids}\n`)
  return {
    log: createLog('supervisor', { level: 'info', filePath: undefined }),
    stop: () => split.stop(),
  }
})
