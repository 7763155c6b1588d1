import { join } from 'node:path'
import { runCli } from './cli/run.ts'

/** `npm run cli -- <command>`: a command-line client of the REST API. */
process.exitCode = await runCli(
  {
    env: process.env,
    sessionPath: join(process.env['DATA_DIRECTORY'] ?? '.data', 'cli', 'session.json'),
    print: (text) => process.stdout.write(`${text}\n`),
    complain: (text) => process.stderr.write(`${text}\n`),
  },
  process.argv.slice(2),
)
