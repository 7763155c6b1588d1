import { expect, it } from '@jest/globals'
import { type Lane, openLane, pointsOf } from './heavy-calls.ts'

/** Starts calls that end when they are told to, and notes in which order they start. */
function watch(lane: Lane) {
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const begin = (name: string, points = 2): Promise<void> =>
    lane(name.slice(0, 1), points, () => {
      started.push(name)
      return new Promise<void>((resolve) => ends.set(name, resolve))
    })
  return { started, begin, end: (name: string) => ends.get(name)?.() }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

it('serves callers by turns, and none beyond its points or those of the service', async () => {
  const { started, begin, end } = watch(openLane({ perCaller: 4, perService: 6, waiting: 8 }))
  const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) => begin(name))
  await settle()
  expect(started).toEqual(['a1', 'a2', 'b1'])
  end('a1')
  await settle()
  end('a2')
  await settle()
  end('b1')
  await settle()
  expect(started.slice(3)).toEqual(['a3', 'b2', 'c1'])
  for (const name of ['b2', 'a3', 'c1']) end(name)
  await settle()
  end('a4')
  await expect(Promise.all(all)).resolves.toHaveLength(7)
})

it('runs a call that weighs more than there is, alone, and frees its points when it fails', async () => {
  const lane = openLane({ perCaller: 1, perService: 1, waiting: 1 })
  await expect(lane('a', 2, () => Promise.reject(new Error('No.')))).rejects.toThrow('No.')
  expect(await lane('a', 2, () => Promise.resolve('done'))).toBe('done')
})

it('refuses more than may wait', async () => {
  const { begin, end } = watch(openLane({ perCaller: 2, perService: 2, waiting: 1 }))
  const both = [begin('a1'), begin('a2')]
  await expect(begin('a3')).rejects.toThrow()
  end('a1')
  await settle()
  end('a2')
  await Promise.all(both)
})

it('weighs a call by its heaviest field, and signs in without points', () => {
  expect(pointsOf('user', new Set(['me', 'activity', 'history']))).toBe(2)
  expect(pointsOf('user', new Set(['signIn', 'signUp', 'username']))).toBe(0)
  expect(pointsOf('inventory', new Set(['history']))).toBe(0)
})
