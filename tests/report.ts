import { execFileSync } from 'node:child_process'

/** The commit of the run, so that a result can be reproduced. */
export function readCommit(): string {
  try {
    const output = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return output.trim()
  } catch {
    return 'none'
  }
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** An integer of the command line, or the default. */
export function readNumber(name: string, text: string | undefined, usual: number): number {
  const value = Number(text ?? usual)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be an integer.`)
  return value
}

/** The value below which this share of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = Math.max(0, Math.ceil(sorted.length * share) - 1)
  return Math.round((sorted[place] ?? 0) * 10) / 10
}
