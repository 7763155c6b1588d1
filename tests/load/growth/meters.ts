import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { openRedis } from '@cnop/kit/redis'
import type { Split } from '../../../ops/split/split.ts'
import { type Cost, costBy } from '../../../ops/capacity/costs.ts'
import { cpuMs } from './processes.ts'

interface Consumed {
  readonly CapacityUnits: number
}

const reads = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']
const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']

/** Stands before the store, and counts the units that each call consumes by the rules of DynamoDB. */
export function meterStore() {
  const agent = new Agent({ keepAlive: true })
  const units = { readUnits: 0, writeUnits: 0 }

  async function forward(request: IncomingMessage, response: ServerResponse, target: string) {
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.')
    const isWrite = writes.includes(operation)
    let body = await text(request)
    if (isWrite || reads.includes(operation)) {
      body = JSON.stringify({ ...(JSON.parse(body) as object), ReturnConsumedCapacity: 'TOTAL' })
    }
    const headers = { ...request.headers, 'content-length': Buffer.byteLength(body) }
    const onward = sendRequest(target, { method: 'POST', headers, agent })
    onward.end(body)
    const [reply] = (await once(onward, 'response')) as [IncomingMessage]
    const answer = await buffer(reply)
    const { ConsumedCapacity: consumed = [] } = JSON.parse(answer.toString()) as {
      readonly ConsumedCapacity?: Consumed | readonly Consumed[]
    }
    for (const { CapacityUnits } of [consumed].flat()) {
      units[isWrite ? 'writeUnits' : 'readUnits'] += CapacityUnits
    }
    response.writeHead(reply.statusCode ?? 502, reply.headers).end(answer)
  }

  let stop = (): Promise<void> => Promise.resolve()
  return {
    units,
    /** For `reachStore` of the platform. */
    reach: async (target: string): Promise<string> => {
      const server = createServer((request, response) => {
        forward(request, response, target).catch(() => response.socket?.destroy())
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      stop = async () => {
        server.close()
        server.closeAllConnections()
        agent.destroy()
        await once(server, 'close')
      }
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    stop: () => stop(),
  }
}

export type StoreMeter = ReturnType<typeof meterStore>

/** Reads what a platform has used so far. */
export async function openMeters(split: Split, { units }: Pick<StoreMeter, 'units'>) {
  const log = { info: () => undefined, warn: () => undefined }
  const redis = await openRedis(split.redis.url, log)
  const pids = new Map(split.services.map(({ name, pid }) => [name, pid]))
  pids.set('store', split.engine.pid)
  let bytes = 0
  const read = async (): Promise<Cost> => {
    const info = await redis.client.info('stats')
    const [, commands = '0'] = /total_commands_processed:(\d+)/.exec(info) ?? []
    const counted = { ...units, bytes, redisCommands: Number(commands) }
    return costBy((resource) => {
      const pid = pids.get(resource)
      return pid === undefined ? counted[resource as keyof typeof counted] : cpuMs([pid])
    })
  }
  return {
    read,
    /** Counts what a response has sent. */
    sent: (length: number): void => {
      bytes += length
    },
    close: () => redis.close(),
  }
}

export type Meters = Awaited<ReturnType<typeof openMeters>>

/** What was used between two readings, in a second. */
export async function perSecond(meters: Meters, work: () => Promise<unknown>): Promise<Cost> {
  const [startedAt, before] = [performance.now(), await meters.read()]
  await work()
  const [seconds, after] = [(performance.now() - startedAt) / 1_000, await meters.read()]
  return costBy((resource) => (after[resource] - before[resource]) / seconds)
}
