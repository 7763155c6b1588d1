import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { print, readCommit } from '../report.ts'
import { mutants } from './sim-mutants.ts'
import { runSeed } from './sim-world.ts'

interface Range {
  readonly first: number
  readonly count: number
}

type Print = (line: string) => void

/** Runs the seeds and prints those that fail; `--seed` replays one of them. */
export async function simulate(
  { first, count }: Range,
  print: Print,
): Promise<{ failures: number; applied: number }> {
  let failures = 0
  let applied = 0
  for (let seed = first; seed < first + count; seed += 1) {
    const report = await runSeed(seed)
    applied += report.applied
    if (report.failures.length === 0) continue
    failures += 1
    print(`seed ${seed} failed: ${report.failures.join('; ')}`)
  }
  return { failures, applied }
}

/** Injects each bug in turn, and tries seeds until the checks find it. */
export async function huntMutants(
  range: Range,
  print: Print,
): Promise<{ mutants: number; caught: number }> {
  let caught = 0
  for (const mutant of mutants) {
    const found = await findFailure(mutant, range)
    if (found) caught += 1
    print(`${mutant.name}: ${found ? `seed ${found.seed}, ${found.failure}` : 'SURVIVED'}`)
  }
  return { mutants: mutants.length, caught }
}

async function findFailure(
  mutant: (typeof mutants)[number],
  { first, count }: Range,
): Promise<{ seed: number; failure: string } | undefined> {
  const { foundBy } = mutant
  const all = Array.from({ length: count }, (_, place) => first + place)
  for (const seed of foundBy === undefined ? all : [foundBy, ...all]) {
    const [failure] = (await runSeed(seed, mutant)).failures
    if (failure) return { seed, failure }
  }
  return undefined
}

const usual = 2_000

function readRange({ seeds, seed }: { seeds?: string; seed?: string }, isHunt: boolean): Range {
  const first = Number(seed ?? 1)
  const count = Number(seeds ?? (seed === undefined || isHunt ? usual : 1))
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) {
    throw new Error('--seeds and --seed must be integers.')
  }
  return { first, count }
}

async function main(): Promise<void> {
  const options = {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    mutants: { type: 'boolean' },
  } as const
  const { mutants: isHunt = false, ...asked } = parseArgs({ options }).values
  const range = readRange(asked, isHunt)
  const end = { seed: range.first, commit: readCommit() }
  if (isHunt) {
    const result = await huntMutants(range, print)
    print(JSON.stringify({ ...result, ...end }))
    process.exitCode = result.caught === result.mutants ? 0 : 1
    return
  }
  const result = await simulate(range, print)
  print(JSON.stringify({ seeds: range.count, ...result, ...end }))
  process.exitCode = result.failures === 0 ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
