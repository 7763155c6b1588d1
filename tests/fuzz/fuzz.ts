import { parseArgs } from 'node:util'
import { print, readCommit, readNumber } from '../report.ts'
import { fuzz, raised } from './run.ts'

/** `npm run fuzz -- --cases 50000 [--seed 1]`: no input may crash the platform or cause a 500. */
const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } })
const seed = readNumber('seed', values.seed, 1)
const { failures, ...result } = await fuzz(readNumber('cases', values.cases, 5_000), seed)
for (const failure of failures) print(JSON.stringify(failure))
print(`limits raised: ${raised.join(', ')}`)
print(JSON.stringify({ ...result, seed, commit: readCommit() }))
const isBad = result.crashes > 0 || result.status5xx > 0 || result.rssGrowthPercent >= 10
if (isBad) process.exitCode = 1
