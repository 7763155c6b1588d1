import { describe, expect, it } from '@jest/globals'
import { loadInsightsConfig } from './config.ts'

const required = { INSIGHTS_SEAL_KEYS: 'k1:a-secret-that-is-long-enough-for-a-signature' }

describe('loadInsightsConfig', () => {
  it('needs only signing keys, and then calls no language model', () => {
    const config = loadInsightsConfig(required)
    expect(config).toMatchObject({
      port: 8004,
      allowsFallback: true,
      gemini: undefined,
      cacheSeconds: 86_400,
    })
    expect(config.resilience.timeoutMs).toBe(10_000)
    expect(config.answerMs).toBeLessThan(2_500)
  })

  it('asks Google’s own address unless another is given', () => {
    const env = { ...required, GOOGLE_GEMINI_API_KEY: 'key' }
    expect(loadInsightsConfig(env).gemini).toEqual({
      apiKey: 'key',
      baseUrl: undefined,
      model: 'gemini-flash-latest',
    })
    const elsewhere = loadInsightsConfig({
      ...env,
      GEMINI_BASE_URL: 'http://127.0.0.1:9/',
      GEMINI_MODEL: 'm',
    })
    expect(elsewhere.gemini).toEqual({ apiKey: 'key', baseUrl: 'http://127.0.0.1:9', model: 'm' })
  })

  it('names everything that is wrong at once', () => {
    const env = { GEMINI_BASE_URL: 'nope', GEMINI_MODEL: 'a/../b', GEMINI_TIMEOUT_MS: '0' }
    const variables = ['INSIGHTS_SEAL_KEYS', 'GEMINI_BASE_URL', 'GEMINI_MODEL', 'GEMINI_TIMEOUT_MS']
    for (const name of variables) expect(() => loadInsightsConfig(env)).toThrow(name)
  })
})
