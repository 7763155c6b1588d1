import { readFileSync, writeFileSync } from 'node:fs'
import { describeApi } from './openapi.ts'

/** Writes the REST contract to `schema/openapi.json`; `--check` fails when that file is stale. */
const file = new URL('../../../schema/openapi.json', import.meta.url)
const text = `${JSON.stringify(describeApi(), null, 2)}\n`

if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write(
    'schema/openapi.json is stale: run npm run generate and commit the result.\n',
  )
  process.exitCode = 1
}
