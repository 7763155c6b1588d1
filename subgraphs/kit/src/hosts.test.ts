import { describe, expect, it } from '@jest/globals'
import { createHostCheck, isHost } from './hosts.ts'

describe('a port on loopback', () => {
  const accepts = createHostCheck('127.0.0.1', ['Trade.example'])

  it.each([
    undefined,
    'localhost',
    'LOCALHOST:8080',
    'localhost.:8080',
    'app.localhost:3000',
    '127.0.0.1:8080',
    '10.1.2.3',
    '[::1]:8080',
    '[::ffff:127.0.0.1]',
    'trade.example',
    'TRADE.EXAMPLE:443',
  ])('accepts %p', (header) => {
    expect(accepts(header)).toBe(true)
  })

  it.each([
    'rebound.example',
    'rebound.example:8080',
    'localhost.rebound.example',
    '127.0.0.1.rebound.example',
    'notlocalhost',
    'www.trade.example',
    'localhost:80:rebound.example',
    'rebound.example@localhost',
    '[rebound.example]',
    'localhost:65536',
    'localhost:99999',
    '',
    ' ',
  ])('refuses %p', (header) => {
    expect(accepts(header)).toBe(false)
  })
})

it.each(['', ' ', 'localhost:99999', 'localhost:8o', 'a b', 'a/b', 'a@b', '[::1', 'a:80:80'])(
  '%p is no host, on any port',
  (header) => {
    expect(isHost(header)).toBe(false)
  },
)

describe('a port that other machines reach', () => {
  it('accepts every host name until names are configured', () => {
    expect(createHostCheck('0.0.0.0')('router:8080')).toBe(true)
    const accepts = createHostCheck('0.0.0.0', ['router'])
    expect([accepts('router:8080'), accepts('10.1.2.3:8080'), accepts('rebound.example')]).toEqual([
      true,
      true,
      false,
    ])
  })
})
