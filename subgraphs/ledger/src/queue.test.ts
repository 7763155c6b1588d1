import { Contention } from '@cnop/kit/errors'
import { describe, expect, it } from '@jest/globals'
import { createQueue } from './queue.ts'

/** A task that the test completes. */
function createTask(name: string, log: string[]) {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const task = async (): Promise<string> => {
    log.push(name)
    await ended
    return name
  }
  return { task, end }
}

describe('a queue', () => {
  it('runs the tasks of one key one after another, in the order they came', async () => {
    const queue = createQueue(10)
    const log: string[] = []
    const [first, second] = [createTask('first', log), createTask('second', log)]
    const outcomes = Promise.all([queue.run('a', first.task), queue.run('a', second.task)])
    second.end()
    await Promise.resolve()
    expect(log).toEqual(['first'])
    first.end()
    expect(await outcomes).toEqual(['first', 'second'])
    expect(log).toEqual(['first', 'second'])
  })

  it('lets the keys run side by side', async () => {
    const queue = createQueue(10)
    const log: string[] = []
    const [slow, quick] = [createTask('slow', log), createTask('quick', log)]
    const waiting = queue.run('a', slow.task)
    quick.end()
    expect(await queue.run('b', quick.task)).toBe('quick')
    slow.end()
    await waiting
  })

  it('continues after a failed task', async () => {
    const queue = createQueue(10)
    const failing = queue.run('a', () => Promise.reject(new Error('Broken.')))
    const next = queue.run('a', () => Promise.resolve('done'))
    await expect(failing).rejects.toThrow('Broken.')
    expect(await next).toBe('done')
  })

  it('refuses tasks while the queue is full', async () => {
    const queue = createQueue(1)
    const blocker = createTask('blocker', [])
    const waiting = queue.run('a', blocker.task)
    await expect(queue.run('a', () => Promise.resolve())).rejects.toThrow(Contention)
    blocker.end()
    await waiting
    expect(await queue.run('a', () => Promise.resolve('in'))).toBe('in')
  })
})
