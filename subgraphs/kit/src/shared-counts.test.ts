import { EventEmitter, once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLog } from './log.ts'
import { openRedis, type RedisConnection } from './redis.ts'
import { startRedisProcess, type RedisProcess } from './redis-process.ts'
import { shareCounts } from './shared-counts.ts'
import { shareNonces } from './shared-nonces.ts'

let server: RedisProcess
let redis: RedisConnection
beforeAll(async () => {
  server = await startRedisProcess()
  redis = await openRedis(server.url, createLog('test', { level: 'silent', filePath: undefined }))
})
afterAll(async () => {
  await redis.close()
  await server.stop()
})

const alone = (): string => 'alone'

describe('counts that are shared over Redis', () => {
  it('are counted in Redis while it is available, and per process otherwise', async () => {
    const shared = shareCounts(redis)
    expect(await shared.run((client) => client.ping(), alone)).toBe('PONG')
    expect(await shared.run(() => Promise.reject(new Error('gone')), alone)).toBe('alone')
    expect(await shared.run((client) => client.ping(), alone)).toBe('alone')
  })

  it('let one request at a time try Redis after a failure', async () => {
    const shared = shareCounts(redis, 0)
    await shared.run(() => Promise.reject(new Error('hangs')), alone)
    const gate = new EventEmitter()
    let asked = 0
    const ask = () =>
      shared.run(async () => {
        asked += 1
        await once(gate, 'go')
        return 'together'
      }, alone)
    const trial = ask()
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['alone', 'alone', 'alone'])
    expect(asked).toBe(1)
    gate.emit('go')
    expect(await trial).toBe('together')
    const after = [ask(), ask()]
    gate.emit('go')
    expect(await Promise.all(after)).toEqual(['together', 'together'])
  })

  it('try Redis again after a failed trial', async () => {
    const shared = shareCounts(redis, 0)
    const fail = () => shared.run(() => Promise.reject(new Error('hangs')), alone)
    expect([await fail(), await fail()]).toEqual(['alone', 'alone'])
    expect(await shared.run((client) => client.ping(), alone)).toBe('PONG')
  })
})

describe('the nonces of signed calls', () => {
  const headers = { 'x-seal-nonce': 'n1' }

  it('are valid once among all copies of a service', async () => {
    const [copy, other, stranger] = ['user', 'user', 'order'].map((name) =>
      shareNonces(redis, name),
    )
    await copy!(headers)
    await expect(other!(headers)).rejects.toThrow('used before')
    await expect(stranger!(headers)).resolves.toBeUndefined()
  })

  it('are not refused while Redis is down', async () => {
    await server.kill()
    await expect(shareNonces(redis, 'user')(headers)).resolves.toBeUndefined()
    await server.restart()
  })
})
