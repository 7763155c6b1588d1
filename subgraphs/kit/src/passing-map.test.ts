import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from '@jest/globals'
import { PassingMap } from './passing-map.ts'

it('holds what was added until it is deleted, in order', () => {
  const map = new PassingMap<number, string>()
  for (let key = 0; key < 1_000; key += 1) {
    map.set(key, `value ${key}`)
    if (key % 10 !== 0) expect(map.delete(key)).toBe(true)
  }
  expect([map.size, map.has(10), map.get(10)]).toEqual([100, true, 'value 10'])
  expect([map.delete(11), map.has(11), map.get(11)]).toEqual([false, false, undefined])
  expect([...map.keys()]).toEqual(Array.from({ length: 100 }, (_, index) => index * 10))
  map.set(10, 'again')
  expect([map.size, map.get(10)]).toEqual([100, 'again'])
  map.clear()
  expect([map.size, [...map.keys()]]).toEqual([0, []])
})

it('does not let what has passed grow old with it', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void
  const oldBytes = (): number =>
    getHeapSpaceStatistics().find((space) => space.space_name === 'old_space')?.space_used_size ?? 0
  const map = new PassingMap<number, unknown>()
  const pass = (from: number, to: number): void => {
    for (let key = from; key < to; key += 1) {
      map.set(
        key,
        Array.from({ length: 500 }, () => key),
      )
      map.delete(key - 20)
    }
  }
  pass(0, 100)
  collect()
  const before = oldBytes()
  for (let round = 1; round <= 50; round += 1) {
    pass(round * 100, round * 100 + 100)
    collect({ type: 'minor' })
  }
  // All together they were 20 MB.
  expect(oldBytes() - before).toBeLessThan(3_000_000)
})
