import {
  closeSync,
  createReadStream,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { splitLines } from './split-lines.ts'

/** Values that may have to be thrown away: few are held in memory, many in a temporary file. */
export interface Spool<Value> {
  add(value: Value): void
  clear(): void
  values(): AsyncGenerator<Value>
  close(): void
}

const mostInMemory = 1_000

export function openSpool<Value>(): Spool<Value> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-spool-'))
  const path = join(directory, 'rows')
  const file = openSync(path, 'w', 0o600)
  let waiting: Value[] = []
  let isSpilled = false
  const spill = (): void => {
    writeSync(file, waiting.map((value) => `${JSON.stringify(value)}\n`).join(''))
    waiting = []
    isSpilled = true
  }
  return {
    add: (value) => {
      waiting.push(value)
      if (waiting.length === mostInMemory) spill()
    },
    clear: () => {
      waiting = []
      if (isSpilled) ftruncateSync(file)
      isSpilled = false
    },
    values: async function* () {
      if (isSpilled)
        for await (const line of splitLines(createReadStream(path, 'utf8')))
          yield JSON.parse(line) as Value
      yield* waiting
    },
    close: () => {
      closeSync(file)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
