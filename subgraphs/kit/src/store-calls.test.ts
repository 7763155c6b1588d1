import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { BatchGetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { connect, type Db } from './dynamo.ts'
import { type EmbeddedEngine, startEmbedded } from './embedded.ts'
import { createLog, type Log } from './log.ts'
import { readItem } from './read.ts'
import { createTables } from './tables.ts'
import { runInScope } from './tracing/scope.ts'
import { openTracing, type Tracing } from './tracing/tracing.ts'
import { transact } from './transact.ts'

interface Line {
  readonly level: string
  readonly service: string
  readonly request_id?: string
  readonly action: string
  readonly duration_ms: number
  readonly extra: Readonly<Record<string, unknown>>
}

const lines: Line[] = []
const logAt = (level: string): Log =>
  createLog(
    'jobs',
    { level, filePath: undefined },
    { write: (line) => void lines.push(JSON.parse(line) as Line) },
  )

const things = { name: 'things', indexes: [], hasTimeToLive: false }
let engine: EmbeddedEngine
let tracing: Tracing
const opened: Db[] = []
const open = (level: string, slowMs: number): Db => {
  const db = connect({
    mode: 'embedded',
    region: 'us-west-2',
    endpoint: engine.endpoint,
    notes: { log: logAt(level), slowMs },
  })
  opened.push(db)
  return db
}

beforeAll(async () => {
  engine = await startEmbedded({ log: logAt('silent') })
  tracing = await openTracing('order', { sampleRatio: 1, endpoint: undefined }, logAt('silent'))
  await createTables(open('silent', 1_000), [things])
}, 30_000)
afterAll(async () => {
  for (const db of opened) db.close()
  await engine.stop()
})
beforeEach(() => {
  lines.length = 0
})

const row = (pk: string) => ({ pk, sk: 'row', secret: 'canary' })
const hour = 3_600_000

describe('a call to the store', () => {
  it('logs under its request: operation, table and rows, without their content', async () => {
    const db = open('debug', hour)
    const log = logAt('debug').child({ request_id: 'req-1' })
    await runInScope({ log }, async () => {
      await db.documents.send(new PutCommand({ TableName: 'things', Item: row('canary-a') }))
      await db.documents.send(
        new QueryCommand({
          TableName: 'things',
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': 'canary-a' },
        }),
      )
      const Keys = [{ pk: 'canary-a', sk: 'row' }]
      await db.documents.send(new BatchGetCommand({ RequestItems: { things: { Keys } } }))
      await transact(db, [
        { put: { TableName: 'things', Item: row('canary-b') } },
        { put: { TableName: 'things', Item: row('canary-c') } },
      ])
    })
    expect(lines.map(({ extra }) => [extra['operation'], extra['tables'], extra['rows']])).toEqual([
      ['PutItem', 'things', undefined],
      ['Query', 'things', 1],
      ['BatchGetItem', 'things', 1],
      ['TransactWriteItems', 'things', 2],
    ])
    for (const line of lines) {
      expect(line).toMatchObject({ level: 'debug', action: 'store.call', request_id: 'req-1' })
    }
    expect(JSON.stringify(lines)).not.toContain('canary')
  })

  it('of a job logs without a request', async () => {
    await readItem(open('debug', hour), 'things', { pk: 'none', sk: 'row' })
    expect(lines).toMatchObject([{ service: 'jobs', extra: { operation: 'GetItem' } }])
    expect(lines[0]?.request_id).toBeUndefined()
  })

  it('is silent unless it is slow or fails', async () => {
    const key = { pk: 'none', sk: 'row' }
    await readItem(open('info', hour), 'things', key)
    expect(lines).toEqual([])
    await readItem(open('info', 0), 'things', key)
    await expect(readItem(open('info', hour), 'nowhere', key)).rejects.toThrow()
    expect(lines.map(({ level, extra }) => [level, extra['tables'], extra['error']])).toEqual([
      ['warn', 'things', undefined],
      ['warn', 'nowhere', 'ResourceNotFoundException'],
    ])
  })

  it('is not a failure when a condition refuses it', async () => {
    const db = open('info', hour)
    const ConditionExpression = 'attribute_not_exists(pk)'
    const put = { TableName: 'things', Item: row('once'), ConditionExpression }
    await transact(db, [{ put }])
    await expect(transact(db, [{ put }])).rejects.toThrow()
    expect(lines).toEqual([])
  })

  it('is a span of the trace that it belongs to', async () => {
    const db = open('silent', hour)
    const request = tracing.begin('request', undefined)
    if (!request) throw new Error('The request is not recorded.')
    const read = () => readItem(db, 'things', { pk: 'none', sk: 'row' })
    await runInScope({ trace: request.trace, subgraph: 'order' }, read)
    const { traceId, spanId } = request.span.spanContext()
    expect(tracing.ring.find(traceId)?.spans).toMatchObject([
      {
        name: 'dynamodb.GetItem',
        parentId: spanId,
        service: 'order',
        attributes: { 'db.collection.name': 'things' },
      },
    ])
  })
})
