/**
 * `npm run engine:diff -- --cases N [--seed S]`: compares the compiled executor with the stock one, and for a tenth as
 * many cases of `@requires` with arguments with a reference, because stock is wrong there, and twice as many replies that
 * are passed on with the same replies parsed. The last line is JSON; the exit code is 1 when they differ.
 */
import { parseArgs } from 'node:util'
import { describeDifference, runDifferential } from './differential.ts'
import { runRequirements } from './required-arguments.ts'
import { runWholeReplies } from './whole-replies.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    plain: { type: 'boolean', default: false },
    show: { type: 'string', default: '5' },
  },
})

const result = await runDifferential(Number(values.cases), Number(values.seed), !values.plain)
for (const difference of result.differences.slice(0, Number(values.show))) {
  process.stdout.write(`${describeDifference(difference)}\n\n`)
}
const required = await runRequirements(Math.ceil(Number(values.cases) / 10), Number(values.seed))
for (const difference of required.differences.slice(0, Number(values.show))) {
  process.stdout.write(`${difference}\n\n`)
}
const whole = await runWholeReplies(Number(values.cases) * 2, Number(values.seed))
for (const difference of whole.differences.slice(0, Number(values.show))) {
  process.stdout.write(`${difference}\n\n`)
}
const { cases, differences, known, seed } = result
const summary = {
  cases,
  differences: differences.length,
  seed,
  knownStockViolations: known,
  requirements: { ...required, differences: required.differences.length },
  wholeReplies: { ...whole, differences: whole.differences.length },
}
process.stdout.write(`${JSON.stringify(summary)}\n`)
const found = [differences, required.differences, whole.differences].flat()
process.exitCode = found.length === 0 ? 0 : 1
