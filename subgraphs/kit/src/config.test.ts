import { expect, it } from '@jest/globals'
import {
  addresses,
  flag,
  list,
  parseEnv,
  port,
  signingKeys,
  storeConfig,
  storeFields,
  wholeNumber,
} from './config.ts'

it('reports every bad variable at once, each by its name', () => {
  const read = () =>
    parseEnv(
      { ORDER_PORT: port(8002), LIMIT: wholeNumber(5, 1, 10), ON: flag(true) },
      { ORDER_PORT: 'x', LIMIT: '11', ON: 'maybe' },
    )
  expect(read).toThrow(/ORDER_PORT: .*\nLIMIT: .*\nON: /)
})

it('takes a blank variable as unset', () => {
  expect(parseEnv({ ORDER_PORT: port(8002), ORIGINS: list('a, b') }, { ORDER_PORT: ' ' })).toEqual({
    ORDER_PORT: 8002,
    ORIGINS: ['a', 'b'],
  })
})

it.each(['1.5', '-1', '70000', 'eighty', '0x50'])('refuses %s as a port', (text) => {
  expect(() => parseEnv({ ORDER_PORT: port(8002) }, { ORDER_PORT: text })).toThrow(/^ORDER_PORT: /)
})

it('reads signing keys newest first and refuses a short secret', () => {
  const secret = 's'.repeat(32)
  expect(
    parseEnv({ KEYS: signingKeys() }, { KEYS: `b:${secret}, a:${secret}` }).KEYS.map(
      ({ id }) => id,
    ),
  ).toEqual(['b', 'a'])
  expect(() => parseEnv({ KEYS: signingKeys() }, { KEYS: 'a:short' })).toThrow(/^KEYS: .*32/)
})

it.each(['inventory:8001', 'inventory', 'ftp://a'])(
  'refuses %s where an address is needed',
  (text) => {
    const shape = { A_URL: addresses('http://127.0.0.1:8001') }
    for (const A_URL of [text, `http://a:1,${text}`])
      expect(() => parseEnv(shape, { A_URL })).toThrow(/^A_URL: must be a URL such as http:/)
    const variables = ['DYNAMODB_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'REDIS_URL']
    const read = () => store(Object.fromEntries(variables.map((name) => [name, text])))
    for (const name of variables) expect(read).toThrow(new RegExp(`^${name}: must be a URL`, 'm'))
  },
)

it('reads addresses with a scheme, several separated by commas', () => {
  const text = 'http://a:1, https://b.example.com'
  expect(parseEnv({ A_URL: addresses('http://a') }, { A_URL: text }).A_URL).toEqual([
    'http://a:1',
    'https://b.example.com',
  ])
  expect(store({ REDIS_URL: 'rediss://:secret@redis:6379/1' }).redisUrl).toContain('@redis')
})

const store = (env: Record<string, string>) => storeConfig(parseEnv(storeFields, env))

it('embeds the store by default, and requires a setting in production', () => {
  expect(store({}).store).toBe('embedded')
  expect(store({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000' }).store).toBe('endpoint')
  expect(() => store({ APP_PROFILE: 'production' })).toThrow(/^STORE: /)
  expect(() => store({ STORE: 'endpoint' })).toThrow(/^DYNAMODB_ENDPOINT: /)
  expect(() => store({ STORE: 'aws' })).toThrow(/^AWS_REGION: /)
})

it('takes NODE_ENV=production for the production profile', () => {
  expect(store({ NODE_ENV: 'production', STORE: 'aws', AWS_REGION: 'eu-west-1' }).profile).toBe(
    'production',
  )
  expect(
    store({ NODE_ENV: 'production', STORE: 'aws', AWS_REGION: 'eu-west-1', APP_PROFILE: 'demo' })
      .profile,
  ).toBe('demo')
})
