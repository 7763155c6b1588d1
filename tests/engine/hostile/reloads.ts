/** Reloads while requests go on: of a large supergraph, of many in a row, and of what is none. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { HostileCase, Target } from './case.ts'
import { ask } from './program.ts'

const graphs = ['BOOKS', 'NOTES', 'ROGUE', 'EXPLODING', 'EXPLODING0', 'EXPLODING1']
const typeCount = 300
const lookEveryMs = 100
const reloadLimitMs = 60_000

/** An entity that four services know, each with fields of its own. */
function madeType(index: number): string {
  const own = [0, 1, 2, 3].map((step) => graphs[(index + step) % graphs.length] ?? '')
  const joins = own.map((graph) => `@join__type(graph: ${graph}, key: "id")`).join(' ')
  const fields = own.map(
    (graph) =>
      `text${graph}: String @join__field(graph: ${graph}) next${graph}: [Made${(index + 6) % typeCount}!] @join__field(graph: ${graph})`,
  )
  return `type Made${index} ${joins} { id: ID! ${fields.join(' ')} }`
}

const madeTypes = Array.from({ length: typeCount }, (_, index) => madeType(index)).join('\n')

/** Writes the supergraph that the program looks at, and waits until it serves a type or does so no more. */
async function reload(
  { url, world }: Target,
  text: string,
  { type, isServed }: { readonly type: string; readonly isServed: boolean },
): Promise<void> {
  writeFileSync(world.supergraphFile, text)
  const until = performance.now() + reloadLimitMs
  for (;;) {
    const { data } = await ask(url, `{ __type(name: "${type}") { name } }`)
    if ((data?.['__type'] !== null) === isServed) return
    assert.ok(performance.now() < until, 'The supergraph was not reloaded.')
    await delay(lookEveryMs)
  }
}

export const hostileReloads: readonly HostileCase[] = [
  {
    name: 'a reload of a large supergraph',
    isShort: true,
    attack: async (target) => {
      const present = readFileSync(target.world.supergraphFile, 'utf8')
      const large = `${present}\n${madeTypes}`
      await reload(target, large, { type: 'Made299', isServed: true })
      await reload(target, present, { type: 'Made299', isServed: false })
    },
  },
  {
    name: 'a reload after documents that are long, unknown, or too complex to plan',
    attack: async (target) => {
      const present = readFileSync(target.world.supergraphFile, 'utf8')
      const unknown = Array.from({ length: 400 }, (_, index) => `nothing${index}`).join(' ')
      const long = Array.from({ length: 400 }, (_, index) => `a${index}: title`).join(' ')
      for (let index = 0; index < 40; index += 1) {
        await ask(target.url, `{ u${index}: books { ${unknown} } }`)
        await ask(target.url, `{ l${index}: books { ${long} } }`)
      }
      const added = `${present}\ntype Added @join__type(graph: BOOKS) { id: ID }`
      await reload(target, added, { type: 'Added', isServed: true })
      await reload(target, present, { type: 'Added', isServed: false })
    },
  },
  {
    name: 'half a supergraph in place of the present one',
    attack: async (target) => {
      const present = readFileSync(target.world.supergraphFile, 'utf8')
      const { length } = present
      for (const text of [present.slice(0, length / 2), '', '{', present.replaceAll('{', '[')]) {
        writeFileSync(target.world.supergraphFile, text)
        await delay(lookEveryMs * 3)
      }
      const added = `${present}\ntype Added @join__type(graph: BOOKS) { id: ID }`
      await reload(target, added, { type: 'Added', isServed: true })
      await reload(target, present, { type: 'Added', isServed: false })
    },
  },
]
