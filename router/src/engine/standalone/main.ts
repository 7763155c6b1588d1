/**
 * The standalone engine: `npm run engine:serve -- --config FILE`. `--print-schema` prints the JSON schema of that file.
 * `--supergraph FILE --port N` with its options is a short form for comparison with other gateways: it listens on
 * 127.0.0.1, allows introspection, and has no metrics.
 */
import { parseArgs } from 'node:util'
import { createLog } from '@cnop/kit/log'
import { configSchema, loadConfig, parseConfig, type StandaloneConfig } from './config.ts'
import { startStandalone } from './serve.ts'

/** The package has the program under a name of its own. */
const program = import.meta.url.endsWith('.ts') ? 'npm run engine:serve --' : 'cnop-engine'
const usage = `${program} --config FILE
${program} --print-schema
${program} --supergraph FILE [--port 4000] [--engine compiled|stock] [--share none|calls|requests] [--timeout MS] [--poll 2s]
`

const values = readArguments()

/** Ends the process where they are wrong. */
function readArguments() {
  try {
    return parseArgs({
      options: {
        help: { type: 'boolean', default: false },
        config: { type: 'string' },
        'print-schema': { type: 'boolean', default: false },
        supergraph: { type: 'string' },
        port: { type: 'string', default: '4000' },
        engine: { type: 'string', default: 'compiled' },
        /** Shares identical subgraph calls, or whole identical queries, while they are in flight. */
        share: { type: 'string', default: 'none' },
        /** How often the supergraph is looked at. */
        poll: { type: 'string', default: '1h' },
        /** The longest time of a call to a subgraph, in milliseconds. */
        timeout: { type: 'string', default: '30000' },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    process.exit(2)
  }
}

/** An invalid supergraph may have thousands of faults. */
const longestReason = 2_000
/** How long the process may take to finish its work after a signal, in milliseconds. */
const stopLimitMs = 60_000

function comparison(file: string): StandaloneConfig {
  return parseConfig(
    JSON.stringify({
      supergraph: { file, poll_every: values.poll },
      server: { port: values.port, drain_delay: '0ms' },
      metrics: { enabled: false },
      introspection: true,
      share: values.share,
      subgraphs: { all: { timeout: `${values.timeout}ms` } },
      log: { level: 'silent' },
    }),
    {},
  )
}

async function serve(): Promise<void> {
  const config =
    values.config === undefined
      ? comparison(values.supergraph ?? '')
      : await loadConfig(values.config, process.env)
  const log = createLog('engine', { level: config.log.level, filePath: undefined })
  const running = await startStandalone(config, log, {
    isUntouched: values.engine === 'stock',
    isReported: process.env['APOLLO_KEY'] !== undefined,
  })
  const url = `http://${config.server.host}:${running.port}${config.server.path}`
  const extra = { url, metricsPort: running.metricsPort }
  if (values.config === undefined) process.stdout.write(`${url}\n`)
  else log.info({ action: 'engine.ready', extra }, `The engine serves ${url}`)
  const stop = (): void => {
    setTimeout(() => process.exit(1), stopLimitMs).unref()
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
}

if (values.help) {
  process.stdout.write(usage)
} else if (values['print-schema']) {
  process.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`)
} else if (values.config === undefined && values.supergraph === undefined) {
  process.stderr.write(usage)
  process.exitCode = 2
} else {
  try {
    await serve()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const name = values.config ?? `the supergraph ${values.supergraph}`
    process.stderr.write(`Cannot serve ${name}: ${reason.slice(0, longestReason)}\n`)
    process.exit(1)
  }
}
