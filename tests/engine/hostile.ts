/**
 * `npm run engine:hostile -- [--only TEXT] [--short]`: hostile documents, requests, answers and supergraphs against the
 * standalone gateway. The last line is JSON: the number of cases, the longest block of its event loop in milliseconds beyond an
 * idle control, and crashes. The exit code is 1 where a case fails, the loop is blocked for longer than 50 ms, or it crashes.
 */
import { parseArgs } from 'node:util'
import { print } from '../report.ts'
import { runHostile } from './hostile/run.ts'

const mostBlockedMs = 50

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, short: { type: 'boolean', default: false } },
})
const { failures, ...report } = await runHostile({
  only: values.only,
  isShort: values.short,
  onReport: ({ name, blockedMs, hasCrashed, failure }) => {
    const facts = [`${blockedMs} ms`.padStart(8), name, ...(hasCrashed ? ['CRASHED'] : [])]
    print(facts.join('  '))
    if (failure !== undefined) print(`          FAILED: ${failure}`)
  },
})
print(JSON.stringify({ ...report, failures: failures.length }))
const isBad = failures.length + report.crashes > 0 || report.blockedMsMax >= mostBlockedMs
process.exitCode = isBad ? 1 : 0
