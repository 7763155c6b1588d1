import { once } from 'node:events'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect, type Db } from '@cnop/kit/dynamo'
import { type EmbeddedEngine, startEmbedded } from '@cnop/kit/embedded'
import { blockedPorts } from '@cnop/kit/engine-address'
import { createLog } from '@cnop/kit/log'
import { readItem } from '@cnop/kit/read'
import { createTables } from '@cnop/kit/tables'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../world/browser.ts'

const standInHost = '127.88.77.66'
/** A name that resolves to the loopback interface, as a rebound name of an attacker does. */
const reboundName = 'rebound.example'

const table = 'users'
const row = { pk: 'USER#victim', sk: 'PROFILE' }

/** A write that the store accepts from any client that reaches it. */
const putRow = JSON.stringify({
  TableName: table,
  Item: { pk: { S: row.pk }, sk: { S: row.sk }, role: { S: 'ADMIN' } },
})

let browser: Browser
let engine: EmbeddedEngine
let db: Db
let pages: HttpServer
let standIns: Server[]
let reached: string[]

/** Counts connections to an address that the store could have, or to a port that browsers allow. */
async function countConnections(port: number): Promise<Server> {
  const server = createServer((socket) => {
    reached.push(`${standInHost}:${(server.address() as AddressInfo).port}`)
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n')
  }).listen(port, standInHost)
  await once(server, 'listening')
  return server
}

beforeAll(async () => {
  reached = []
  engine = await startEmbedded({ log: createLog('test', { level: 'silent', filePath: undefined }) })
  db = connect({ mode: 'embedded', region: 'us-west-2', endpoint: engine.endpoint })
  await createTables(db, [{ name: table, indexes: [], hasTimeToLive: false }])
  standIns = await Promise.all([...blockedPorts, 0].map(countConnections))
  pages = createHttpServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end('<!doctype html><title>A page</title>')
  }).listen(0, '127.0.0.1')
  await once(pages, 'listening')
  const storeHost = new URL(engine.endpoint).hostname
  browser = await openBrowser([
    `--host-resolver-rules=MAP ${reboundName} 127.0.0.1, MAP store.${reboundName} ${storeHost}`,
  ])
})

afterAll(async () => {
  await browser.close()
  pages.close()
  for (const standIn of standIns) standIn.close()
  db.close()
  await engine.stop()
})

/** Opens a page of this origin. The dashboard's own origin is fulfilled without a server. */
async function openAt(origin: string): Promise<Page> {
  const page = await browser.newPage()
  await page.route('http://localhost:3000/', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>A page</title>' }),
  )
  await page.goto(`${origin}/`)
  return page
}

/** JavaScript of a page: every way to make the browser connect. Resolves when each has failed or ended. */
const attempts = `async (target, body) => {
  const ended = (start) => new Promise(start)
  const quietly = (promise) => promise.then(() => undefined, () => undefined)
  const element = (name, attribute) =>
    ended((end) => {
      const made = document.createElement(name)
      if (name === 'link') made.setAttribute('rel', 'stylesheet')
      made.addEventListener('error', end)
      made.addEventListener('load', end)
      made.setAttribute(attribute, target + '/?' + name)
      document.body.append(made)
    })
  const command = { 'x-amz-target': 'DynamoDB_20120810.PutItem' }
  navigator.sendBeacon(target, body)
  await Promise.all([
    quietly(fetch(target)),
    quietly(fetch(target, { method: 'POST', mode: 'no-cors', body })),
    quietly(fetch(target, { method: 'POST', headers: command, body })),
    ended((end) => {
      const request = new XMLHttpRequest()
      request.onloadend = end
      request.open('POST', target)
      request.setRequestHeader('x-amz-target', 'DynamoDB_20120810.PutItem')
      request.send(body)
    }),
    ended((end) => {
      const socket = new WebSocket(target.replace('http', 'ws'))
      socket.onclose = end
      socket.onopen = () => socket.close()
    }),
    ended((end) => {
      const source = new EventSource(target)
      source.onerror = () => {
        source.close()
        end()
      }
    }),
    element('img', 'src'),
    element('script', 'src'),
    element('video', 'src'),
    element('link', 'href'),
    ended((end) => {
      const frame = document.createElement('iframe')
      frame.name = 'frame of ' + target
      frame.onload = () => {
        // The first load is that of the empty frame, the second one the answer or the browser's error page.
        frame.onload = end
        const form = document.createElement('form')
        Object.assign(form, { method: 'post', action: target, target: frame.name })
        form.enctype = 'text/plain'
        const field = document.createElement('input')
        Object.assign(field, { name: body, value: '' })
        form.append(field)
        document.body.append(form)
        form.submit()
      }
      document.body.append(frame)
    }),
  ])
}`

const tryEverything = (page: Page, target: string): Promise<unknown> =>
  page.evaluate(`(${attempts})(${JSON.stringify(target)}, ${JSON.stringify(putRow)})`)

const origins = (): [string, string][] => {
  const { port } = pages.address() as AddressInfo
  return [
    ['the dashboard', 'http://localhost:3000'],
    ['another site', `http://127.0.0.1:${port}`],
    ['a name that resolves to this machine', `http://${reboundName}:${port}`],
  ]
}

describe('a web page', () => {
  it('reaches a port that browsers allow, as a control for the attempts below', async () => {
    const [, origin] = origins()[1]!
    const page = await openAt(origin)
    const { port } = standIns.at(-1)!.address() as AddressInfo
    reached = []
    await tryEverything(page, `http://${standInHost}:${port}`)
    expect(reached.length).toBeGreaterThanOrEqual(8)
    await page.close()
  })

  it.each([0, 1, 2])('reaches no possible port of the store, from origin %i', async (index) => {
    const [, origin] = origins()[index]!
    const page = await openAt(origin)
    reached = []
    const targets = blockedPorts.map((port) => `http://${standInHost}:${port}`)
    await Promise.all(targets.map((target) => tryEverything(page, target)))
    expect(reached).toEqual([])
    await page.close()
  })

  it.each([0, 1, 2])('reads and writes nothing in the store, from origin %i', async (index) => {
    const [, origin] = origins()[index]!
    const page = await openAt(origin)
    const { port } = new URL(engine.endpoint)
    for (const target of [engine.endpoint, `http://store.${reboundName}:${port}`]) {
      await tryEverything(page, target)
      const visitor = await browser.newPage()
      await expect(visitor.goto(target)).rejects.toThrow('ERR_UNSAFE_PORT')
      await visitor.close()
    }
    expect(await readItem(db, table, row)).toBeUndefined()
    await page.close()
  })
})
