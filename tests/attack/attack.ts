import { parseArgs } from 'node:util'
import { print, readCommit } from '../report.ts'
import { startWorld } from '../world/world.ts'

/** One attempt of an intruder. Throws with the response when the platform accepts it. */
export interface Attack<World> {
  readonly name: string
  readonly run: (world: World) => Promise<void>
}

interface Stoppable {
  stop(): Promise<void>
}

/** The exports of a file under `areas/`. Without `open` the attacks get a plain world. */
interface Area {
  readonly attacks: readonly Attack<Stoppable>[]
  readonly open?: () => Promise<Stoppable>
  /** Further members of the last line, read after all attacks. */
  readonly summarise?: (world: Stoppable) => Promise<Record<string, unknown>>
}

const areas = ['guards', 'identity']

/** `npm run attack -- --area identity`: prints one line per attack, then how many were repelled. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { area: { type: 'string' }, only: { type: 'string' } } })
  if (!values.area || !areas.includes(values.area)) {
    print(`Usage: npm run attack -- --area ${areas.join('|')} [--only <part of a name>]`)
    process.exitCode = 2
    return
  }
  const area = (await import(`./areas/${values.area}.ts`)) as Area
  const attacks = area.attacks.filter(({ name }) => name.includes(values.only ?? ''))
  const world = await (area.open ?? startWorld)()
  let passed = 0
  let summary: Record<string, unknown> | undefined
  try {
    for (const attack of attacks) passed += (await repel(attack, world)) ? 1 : 0
    summary = await area.summarise?.(world)
  } finally {
    await world.stop()
  }
  const commit = readCommit()
  const report = { total: attacks.length, passed, ...summary, area: values.area }
  print(JSON.stringify({ ...report, seed: null, commit }))
  if (passed < attacks.length || attacks.length === 0) process.exitCode = 1
}

async function repel(attack: Attack<Stoppable>, world: Stoppable): Promise<boolean> {
  try {
    await attack.run(world)
    print(`repelled  ${attack.name}`)
    return true
  } catch (error) {
    print(`BREACHED  ${attack.name}: ${(error as Error).message}`)
    return false
  }
}

await main()
