import { expect, it } from '@jest/globals'
import { bucketAddress, findClientIp, readProxies } from './client-ip.ts'

const find = findClientIp(readProxies(['10.0.0.0/8', '::1']))

it.each([
  ['203.0.113.7', undefined, '203.0.113.7'], // no proxy
  ['203.0.113.7', '1.2.3.4', '203.0.113.7'], // an untrusted peer may claim what it likes
  ['10.0.0.1', '198.51.100.9', '198.51.100.9'],
  ['10.0.0.1', '1.2.3.4, 198.51.100.9', '198.51.100.9'], // the left one is forged
  ['10.0.0.1', '1.2.3.4, 198.51.100.9, 10.2.0.1', '198.51.100.9'],
  ['10.0.0.1', 'nonsense', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.9, nonsense', '10.0.0.1'],
  ['::ffff:10.0.0.1', '198.51.100.9', '198.51.100.9'],
  ['::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
])('finds the client of peer %s forwarded for %s', (peer, forwardedFor, client) => {
  expect(find(peer, forwardedFor)).toBe(client)
})

it('counts all of one IPv6 network as one client', () => {
  expect(bucketAddress('2001:db8::1')).toBe(bucketAddress('2001:db8:0:0:ffff::2'))
  expect(bucketAddress('2001:db8:0:1::1')).not.toBe(bucketAddress('2001:db8::1'))
})

it('names a proxy that is not an address', () => {
  expect(() => readProxies(['proxy.example'])).toThrow(/TRUSTED_PROXIES: proxy\.example/)
})
