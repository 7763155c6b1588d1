import { describe, expect, it } from '@jest/globals'
import { createGate } from './gate.ts'

/** Work that tells when it has begun, and ends when it is told to. */
function startWork(begun: string[]) {
  const make = (name: string) => {
    const { promise: beginning, resolve: begin } = withResolver()
    const { promise: ending, resolve: end } = withResolver()
    const run = async () => {
      begun.push(name)
      begin()
      await ending
      return name
    }
    return { beginning, end, run }
  }
  return ['first', 'second', 'third', 'fourth'].map(make)
}

function withResolver() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

describe('createGate', () => {
  it('lets as many in as it is wide, the rest in order, and refuses whoever finds the line full', async () => {
    const gate = createGate({ width: 2, maxWaiting: 2 })
    const begun: string[] = []
    const [first, second, third, fourth] = startWork(begun)
    const results = [first, second, third, fourth].map((work) => gate(work!.run))
    await expect(gate(() => Promise.resolve('fifth'))).rejects.toMatchObject({ code: 'OVERLOADED' })
    expect(begun).toEqual(['first', 'second'])
    second!.end()
    await third!.beginning
    expect(begun).toEqual(['first', 'second', 'third'])
    first!.end()
    await fourth!.beginning
    third!.end()
    fourth!.end()
    expect(await Promise.all(results)).toEqual(['first', 'second', 'third', 'fourth'])
  })

  it('frees the place of work that fails', async () => {
    const gate = createGate({ width: 1, maxWaiting: 0 })
    await expect(gate(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await gate(() => Promise.resolve('done'))).toBe('done')
  })
})
