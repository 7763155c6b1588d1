import '../quiet-sdk.ts'
import { parseArgs } from 'node:util'
import { startRouter } from '@cnop/router/start'
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
const { values } = parseArgs({ options: { notes: { type: 'boolean', default: false } } })
const hasNotes = values.notes
const wanted = process.env['DEMO_URL'] ?? `http://127.0.0.1:${process.env['ROUTER_PORT'] ?? '8080'}`
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
async function run(origin: string, isOwn: boolean): Promise<void> {
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
    console.log(`${number}. ${step.says}`)
    if (hasNotes) console.log(`    Note: ${step.note}`)
    const { answer, line } = await perform(client, step)
    const figures = `${answer.latencyMs.toFixed(1)} ms, ${answer.subgraphCalls} subgraph calls`
    console.log(`    ${step.operation} (${figures}): ${line}`)
  }
  if (!chapters.includes(guessPasswords)) {
    console.log('Left out: password guesses until the block. Set OPERATOR_TOKEN to include them.')
  }
  console.log(`All ${steps.length} steps passed.`)
}

async function main(): Promise<void> {
  if (process.env['DEMO_URL'] !== undefined || (await isRunning(wanted))) {
    console.log(`Using the platform at ${wanted}.`)
    await run(wanted, false)
    return
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
    await run(`http://127.0.0.1:${router.port}`, true)
  } finally {
    await router.stop()
  }
}

try {
  await main()
} catch (error) {
  console.error(`Failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
