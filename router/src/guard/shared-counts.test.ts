import { EventEmitter, once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLog } from '@cnop/kit/log'
import { openRedis, type RedisConnection } from '@cnop/kit/redis'
import { startRedisProcess, type RedisProcess } from '@cnop/kit/redis-process'
import { shareCounts } from './shared-counts.ts'

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
