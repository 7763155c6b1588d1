import { parseArgs } from 'node:util'
import { address, parseEnv, port } from '@cnop/kit/config'
import { refusalText } from '@cnop/kit/run'
import { startRouter } from '@cnop/router/start'
import { runCommand } from '../command/command.ts'
import { createDemoClient } from './client.ts'
import { leave } from './chapters/leave.ts'
import { clearBlocks, guessPasswords, lookAtHealth } from './chapters/operate.ts'
import { openAccount } from './chapters/open-account.ts'
import { lookAtPortfolio } from './chapters/portfolio.ts'
import { trade } from './chapters/trade.ts'
import { beginStory, perform } from './story.ts'

/**
 * `npm run demo [-- --notes]`: runs the story over persisted queries against a running platform, or starts one. `--notes` prints
 * the presenter's notes. Every step is checked; the first failing step ends the demo with exit code 1.
 */
const fields = { DEMO_URL: address('http://127.0.0.1:8080').optional(), ROUTER_PORT: port(8080) }

const usage = `Usage: npm run demo [-- --notes]
DEMO_URL names the platform (http://127.0.0.1:8080); OPERATOR_TOKEN adds the steps of an operator.`

/** An administrator's access token, for the steps of an operator. */
const operatorToken = process.env['OPERATOR_TOKEN']

async function isRunning(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/health`, { signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}

/** The guesses block this address for minutes, unless an operator clears the block or the platform ends with the demo. */
async function run(origin: string, isOwn: boolean, hasNotes: boolean): Promise<void> {
  const client = createDemoClient(origin, operatorToken)
  const story = beginStory(client)
  const chapters = [
    ...[lookAtHealth, openAccount, trade, lookAtPortfolio, leave],
    ...(isOwn || operatorToken !== undefined ? [guessPasswords] : []),
    ...(operatorToken === undefined ? [] : [clearBlocks]),
  ]
  const steps = chapters.flatMap((chapter) => chapter(story))
  for (const [index, step] of steps.entries()) {
    const number = String(index + 1).padStart(2)
    const { answer, line } = await perform(client, step).catch((error: unknown) => {
      throw new Error(`Step ${index + 1} failed (${step.says}): ${refusalText(error)}`)
    })
    // A step is a statement, which is true when its check has passed.
    console.log(`${number}. ${step.says}`)
    if (hasNotes) console.log(`    Note: ${step.note}`)
    const figures = `${answer.latencyMs.toFixed(1)} ms, ${answer.subgraphCalls} subgraph calls`
    console.log(`    ${step.operation} (${figures}): ${line}`)
  }
  if (!chapters.includes(guessPasswords)) {
    console.log('Left out: password guesses until the block. Set OPERATOR_TOKEN to include them.')
  }
  console.log(`All ${steps.length} steps passed.`)
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { notes: { type: 'boolean', default: false } } })
  const { DEMO_URL, ROUTER_PORT } = parseEnv(fields, process.env)
  const wanted = DEMO_URL ?? `http://127.0.0.1:${ROUTER_PORT}`
  if (DEMO_URL !== undefined || (await isRunning(wanted))) {
    console.log(`Using the platform at ${wanted}.`)
    await run(wanted, false, values.notes)
    return 0
  }
  console.log(
    `No platform answers at ${wanted} (DEMO_URL names another): starting one for the demo.`,
  )
  const router = await startRouter({
    ...process.env,
    ROUTER_PORT: '0',
    WEB_ENABLED: 'false',
    LOG_LEVEL: 'error',
    DATA_DIRECTORY: '.data/demo',
  })
  try {
    await run(`http://127.0.0.1:${router.port}`, true, values.notes)
    return 0
  } finally {
    await router.stop()
  }
}

await runCommand({ usage, failed: 1, main })
