import { describe, expect, it } from '@jest/globals'
import { createLimitedMap } from './limited-map.ts'

const byLength = { mostBytes: 1_000, bytesOf: (text: string) => text.length }

describe('a limited map', () => {
  it('evicts the least recently used entry when it is full', () => {
    const map = createLimitedMap<string>(2)
    map.set('a', '1')
    map.set('b', '2')
    map.get('a')
    map.set('c', '3')
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual(['1', undefined, '3'])
  })

  it('evicts entries to stay below its byte limit, keys included', () => {
    const map = createLimitedMap<string>(100, byLength)
    for (let index = 0; index < 50; index += 1) map.set(`key-${index}`, 'x'.repeat(100))
    expect(map.size).toBe(8)
    expect(map.get('key-49')).toBeDefined()
    map.set('key-49', 'x'.repeat(10))
    map.set('another', 'x'.repeat(70))
    expect(map.size).toBe(9)
  })

  it('does not store an entry that would evict most others', () => {
    const map = createLimitedMap<string>(100, byLength)
    map.set('small', 'x')
    map.set('large', 'x'.repeat(500))
    map.set('k'.repeat(500), 'x')
    expect([map.size, map.get('small')]).toEqual([1, 'x'])
  })

  it('releases the bytes of removed entries', () => {
    const map = createLimitedMap<string>(100, byLength)
    const fill = (): void => {
      for (let index = 0; index < 8; index += 1) map.set(`key-${index}`, 'x'.repeat(100))
    }
    fill()
    map.delete('key-0')
    map.clear()
    fill()
    expect(map.size).toBe(8)
  })
})
