import { describe, expect, it } from '@jest/globals'
import { BadEnvironment } from '@cnop/kit/config'
import { loadInventoryConfig } from './config.ts'

const keys = { INVENTORY_SEAL_KEYS: `k:${'x'.repeat(32)}` }
const feed = { ...keys, INVENTORY_FEED: 'coingecko' }

describe('the configuration', () => {
  it('is a quiet simulated market by default', () => {
    const config = loadInventoryConfig(keys)
    expect(config.feed).toMatchObject({ kind: 'simulated', scenario: 'quiet', tickMs: 1_000 })
    expect(config).toMatchObject({ port: 8001, staleMs: 15_000 })
  })

  it('gives a feed that is asked once a minute more time before it is stale', () => {
    expect(loadInventoryConfig(feed).staleMs).toBe(300_000)
    expect(loadInventoryConfig({ ...feed, INVENTORY_STALE_MS: '7000' }).staleMs).toBe(7_000)
  })

  it.each([
    ['INVENTORY_SCENARIO', 'wild'],
    ['INVENTORY_FEED', 'nyse'],
    ['INVENTORY_TICK_MS', '0'],
    ['INVENTORY_FEED_PAGES', '9'],
    ['INVENTORY_LEASE_MS', '10'],
    ['PRICE_BAND_PERCENT', '0'],
    ['PRICE_BAND_PERCENT', '101'],
    ['INVENTORY_SEAL_KEYS', 'k:short'],
    ['INVENTORY_FEED_URL', 'not a url'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(() => loadInventoryConfig({ ...keys, [name]: value })).toThrow(name)
  })

  it('never sends a key unencrypted', () => {
    const withKey = { ...feed, INVENTORY_FEED_API_KEY: 'secret' }
    const load = (url: string) => () => loadInventoryConfig({ ...withKey, INVENTORY_FEED_URL: url })
    expect(load('http://api.example/v3')).toThrow(BadEnvironment)
    expect(load('http://127.0.0.1:1234/v3')).not.toThrow()
    expect(load('https://api.example/v3')).not.toThrow()
  })
})
