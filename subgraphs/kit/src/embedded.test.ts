import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { freeLoopbackPort, startChild } from './child.ts'
import { connect, type Db } from './dynamo.ts'
import { startEmbedded, type EmbeddedEngine } from './embedded.ts'
import { blockedPorts, isEngineUp } from './engine-address.ts'
import { findEngine } from './embedded.ts'
import { readItem } from './read.ts'
import { createTables } from './tables.ts'
import { transact } from './transact.ts'

const log = pino({ level: 'silent' })
const tables = [{ name: 'things', indexes: [], hasTimeToLive: false }]

let directory: string
const closers: (() => unknown)[] = []
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'embedded-test-')), 'data')
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  rmSync(join(directory, '..'), { recursive: true, force: true })
})

async function start(): Promise<{ engine: EmbeddedEngine; db: Db }> {
  const engine = await startEmbedded({ directory, log })
  closers.push(() => engine.stop())
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint: engine.endpoint })
  closers.push(() => {
    db.close()
  })
  await createTables(db, tables)
  return { engine, db }
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`)

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(5)
}

const save = (db: Db, pk: string): Promise<void> =>
  transact(db, [{ put: { TableName: 'things', Item: { pk, sk: 'row' } } }])

describe('the embedded engine', () => {
  it('loses nothing that it acknowledged when it is killed under writes, and comes back', async () => {
    const { engine, db } = await start()
    const acknowledged: string[] = []
    let isOver = false
    const keepWriting = async (writer: number): Promise<void> => {
      for (let count = 0; !isOver; count++) {
        const pk = `${writer}-${count}`
        const isWritten = await save(db, pk).then(
          () => true,
          () => false,
        )
        if (isWritten) acknowledged.push(pk)
      }
    }
    const writers = [1, 2, 3, 4, 5, 6].map(keepWriting)
    for (let round = 0; round < 3; round++) {
      const { pid } = engine
      const before = acknowledged.length
      await until(() => acknowledged.length > before + 50)
      process.kill(pid, 'SIGKILL')
      await until(() => engine.pid !== pid)
    }
    const whenBack = acknowledged.length
    await until(() => acknowledged.length > whenBack + 50)
    isOver = true
    await Promise.all(writers)
    for (const pk of acknowledged) {
      expect(await readItem(db, 'things', { pk, sk: 'row' })).toBeDefined()
    }
  })

  it('keeps its rows from one start to the next', async () => {
    const first = await start()
    await save(first.db, 'a')
    await first.engine.stop()
    const second = await start()
    expect(await readItem(second.db, 'things', { pk: 'a', sk: 'row' })).toBeDefined()
  })

  it('listens on a loopback port that browsers refuse to connect to', async () => {
    const { engine } = await start()
    const { hostname, port } = new URL(engine.endpoint)
    expect(hostname).toMatch(/^127\./)
    expect(blockedPorts).toContain(Number(port))
    // Node's fetch blocks the ports of the Fetch standard, as browsers do.
    await expect(fetch(engine.endpoint)).rejects.toMatchObject({ cause: { message: 'bad port' } })
  })

  it('starts beside many others on one machine', async () => {
    const engines = await Promise.all(Array.from({ length: 18 }, () => startEmbedded({ log })))
    closers.push(...engines.map((engine) => () => engine.stop()))
    expect(new Set(engines.map(({ endpoint }) => endpoint)).size).toBe(engines.length)
  })

  it('restricts its directory to the owner, and receives no environment variables', async () => {
    const { engine } = await start()
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(readFileSync(`/proc/${engine.pid}/environ`, 'utf8')).toBe('')
  })

  it('ends when it is stopped, and leaves no lock', async () => {
    const { engine } = await start()
    const { pid } = engine
    await engine.stop()
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(join(directory, 'engine.pid'))).toBe(false)
  })

  it('refuses a directory that is in use', async () => {
    const { engine } = await start()
    const refusal = `Process ${process.pid} has`
    await expect(startEmbedded({ directory, log })).rejects.toThrow(refusal)
    expect(isAlive(engine.pid)).toBe(true)
    process.kill(engine.pid, 'SIGKILL')
    await expect(startEmbedded({ directory, log })).rejects.toThrow(refusal)
  })

  it('ends an orphaned engine before it opens the directory', async () => {
    const first = await start()
    await first.engine.stop()
    const place = [
      '--port',
      `${await freeLoopbackPort()}`,
      '--db-path',
      join(directory, 'dynamo.sqlite'),
    ]
    const orphan = await startChild(findEngine(), ['serve', ...place])
    await until(() => orphan.lastOutput().includes('listening'))
    writeFileSync(join(directory, 'engine.pid'), `${orphan.pid} 1 0`)
    await start()
    // It prints its line before it handles signals, so it may end in either way.
    expect(['exit code 0', 'SIGTERM']).toContain(await orphan.ended)
  })

  it.each(['the pid of a bystander', 'garbage', ''])(
    'leaves others alone when its lock says %p',
    async (said) => {
      const { engine } = await start()
      await engine.stop()
      const bystander = spawn('/bin/sleep', ['60'])
      closers.push(() => bystander.kill())
      await once(bystander, 'spawn')
      const content = said === 'the pid of a bystander' ? `${bystander.pid ?? 0} 1 0` : said
      writeFileSync(join(directory, 'engine.pid'), content)
      await start()
      expect(bystander.signalCode).toBeNull()
      expect(isAlive(bystander.pid ?? 0)).toBe(true)
    },
  )

  it('ends with its process, even when that is killed', async () => {
    const program = `
      import { startEmbedded } from ${JSON.stringify(fileURLToPath(new URL('./embedded.ts', import.meta.url)))}
      const log = { info() {}, warn() {}, error() {} }
      const engine = await startEmbedded({ directory: ${JSON.stringify(directory)}, log })
      console.log(engine.pid)
    `
    const parent = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { cwd: import.meta.dirname },
    )
    closers.push(() => parent.kill('SIGKILL'))
    const [said] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string]
    const pid = parseInt(said, 10)
    expect(isAlive(pid)).toBe(true)
    // Ctrl-C at a terminal reaches the parent's group only: the parent decides when the engine stops.
    const [, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    expect(group).toBe(String(pid))
    parent.kill('SIGKILL')
    await until(() => !isAlive(pid))
    await start()
  })

  it('does not keep rows in memory over a restart', async () => {
    const engine = await startEmbedded({ log })
    const { pid } = engine
    process.kill(pid, 'SIGKILL')
    await until(() => !isAlive(pid))
    const { hostname, port } = new URL(engine.endpoint)
    expect(await isEngineUp({ host: hostname, port: Number(port) })).toBe(false)
    await engine.stop()
  })
})

describe('findEngine', () => {
  it('explains what to install on a system without an engine', () => {
    expect(() => findEngine('@dynoxide/none', 'no-such-program')).toThrow(
      /no engine for .*"no-such-program" binary on the PATH, or set DYNAMODB_ENDPOINT/,
    )
  })
})
