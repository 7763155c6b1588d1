/** The standalone gateway as a process with the loop probe, and a client that sends it any bytes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Agent, request } from 'undici'

export interface Program {
  readonly url: string
  /** How long the event loop was blocked at most since the last question, in milliseconds; undefined once it has ended. */
  readonly longestBlockMs: () => Promise<number | undefined>
  readonly hasEnded: () => boolean
  /** The end of what it wrote to stderr. */
  readonly complaints: () => string
  readonly stop: () => Promise<void>
}

/** A program that ended before it served. */
export interface Refused {
  readonly code: number | null
  readonly complaints: string
}

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const programFile = fileOf('../../../router/src/engine/standalone/main.ts')
const complaintsKept = 4_000
const startLimitMs = 90_000

export async function startProgram(
  supergraphFile: string,
  args: readonly string[] = [],
): Promise<Program | Refused> {
  const probe = ['--import', 'tsx', '--import', fileOf('./loop-probe.ts')]
  const line = [...probe, programFile, '--supergraph', supergraphFile, '--port', '0', ...args]
  const child = spawn(process.execPath, line, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '--unhandled-rejections=strict' },
  })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-complaintsKept)
  })
  const ended = once(child, 'exit').then(() => undefined)
  const reports: ((longestMs: number) => void)[] = []
  child.on('message', ({ longestMs }: { longestMs: number }) => reports.shift()?.(longestMs))
  const url = await firstLine(child)
  if (url === undefined) return { code: child.exitCode, complaints }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  return {
    url,
    hasEnded,
    complaints: () => complaints,
    longestBlockMs: () => {
      if (hasEnded()) return Promise.resolve(undefined)
      child.send('longest block')
      return Promise.race([new Promise<number>((resolve) => reports.push(resolve)), ended])
    },
    stop: async () => {
      if (hasEnded()) return
      child.kill('SIGTERM')
      await ended
    },
  }
}

export const isProgram = (started: Program | Refused): started is Program => 'url' in started

/** The address that it prints; undefined when it ends first. */
function firstLine(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), startLimitMs)
    const settle = (url: string | undefined) => {
      clearTimeout(timer)
      resolve(url)
    }
    child.stdout?.once('data', (chunk: Buffer) => settle(chunk.toString().trim()))
    child.once('close', () => settle(undefined))
  })
}

export interface AnswerError {
  readonly message?: unknown
  readonly path?: readonly unknown[]
  readonly extensions?: { readonly code?: string }
}

export interface Answer {
  readonly status: number
  readonly text: string
  readonly data: Readonly<Record<string, unknown>> | null | undefined
  readonly errors: readonly AnswerError[]
}

/** Silence is a failure of the case, so no answer may take longer. */
const silenceMs = 60_000
const agent = new Agent({ headersTimeout: silenceMs, bodyTimeout: silenceMs, connections: 256 })

export const closeClient = (): Promise<void> => agent.destroy()

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Posts a body as it is and reads the answer. */
export async function post(
  url: string,
  body: string | Buffer,
  { headers, signal }: PostOptions = {},
): Promise<Answer> {
  const { statusCode, body: answer } = await request(url, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    ...(signal && { signal }),
  })
  return readAnswer(statusCode, await answer.text())
}

export const ask = (
  url: string,
  query: string,
  variables?: unknown,
  more?: Readonly<Record<string, unknown>>,
): Promise<Answer> => post(url, JSON.stringify({ query, variables, ...more }))

export async function get(url: string): Promise<Answer> {
  const { statusCode, body } = await request(url, { dispatcher: agent })
  return readAnswer(statusCode, await body.text())
}

function readAnswer(status: number, text: string): Answer {
  const parsed = parseOrNothing(text) as Partial<Pick<Answer, 'data' | 'errors'>> | undefined
  return { status, text, data: parsed?.data, errors: parsed?.errors ?? [] }
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Writes raw bytes to a socket and returns all that comes back until the other side or `isDone` ends it. */
export function exchangeRaw(
  url: string,
  bytes: readonly (string | Buffer)[],
  isDone: (received: string) => boolean = () => false,
): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let received = ''
    const end = () => {
      socket.destroy()
      resolve(received)
    }
    socket.setTimeout(silenceMs, () => reject(new Error('There was no answer.')))
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (isDone(received)) end()
    })
    socket.once('close', end)
    socket.once('error', end)
    for (const each of bytes) socket.write(each)
  })
}
