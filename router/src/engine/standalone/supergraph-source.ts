/** Where the supergraph comes from: a file or a URL, which is looked at again and again. */
import { readFile } from 'node:fs/promises'
import { request } from 'undici'
import type { StandaloneConfig } from './config.ts'

export interface SupergraphSource {
  read(): Promise<string>
  /** Calls back with each text that differs from the last one, one at a time. */
  watch(notice: SourceNotice): { stop: () => void }
}

export interface SourceNotice {
  readonly onChange: (supergraphSdl: string) => Promise<unknown>
  /** `isNew`: it was read before, or there was another reason. */
  readonly onFailure: (error: unknown, isNew: boolean) => void
}

/** Reads the text; undefined where the source says that it has not changed. */
type Read = () => Promise<string | undefined>

const fetchTimeoutMs = 30_000
const mostBytes = 64 * 1024 * 1024

export function openSupergraphSource(config: StandaloneConfig['supergraph']): SupergraphSource {
  const read: Read = 'file' in config ? () => readFile(config.file, 'utf8') : fromUrl(config)
  let last: string | undefined
  const readNew: Read = async () => {
    const text = await read()
    if (text === undefined || text === last) return undefined
    return (last = text)
  }
  return {
    read: async () => {
      const text = await readNew()
      if (text === undefined) throw new Error('The source of the supergraph has no text.')
      return text
    },
    watch: ({ onChange, onFailure }) => {
      let timer: NodeJS.Timeout | undefined
      let reason: string | undefined
      const stopped = new AbortController()
      const look = async (): Promise<void> => {
        try {
          const text = await readNew()
          reason = undefined
          if (text !== undefined && !stopped.signal.aborted) await onChange(text)
        } catch (error) {
          const isNew = String(error) !== reason
          reason = String(error)
          onFailure(error, isNew)
        }
        if (!stopped.signal.aborted) wait()
      }
      const wait = (): void => {
        timer = setTimeout(() => void look(), config.poll_every).unref()
      }
      wait()
      return {
        stop: () => {
          stopped.abort()
          clearTimeout(timer)
        },
      }
    },
  }
}

function fromUrl({ url, headers }: { url: string; headers: Record<string, string> }): Read {
  let etag: string | undefined
  return async () => {
    const {
      statusCode,
      headers: received,
      body,
    } = await request(url, {
      headers: { ...headers, ...(etag !== undefined && { 'if-none-match': etag }) },
      headersTimeout: fetchTimeoutMs,
      bodyTimeout: fetchTimeoutMs,
      signal: AbortSignal.timeout(fetchTimeoutMs),
    })
    if (statusCode === 304) {
      await body.dump()
      return undefined
    }
    const text = await readText(body)
    if (statusCode !== 200) throw new Error(`The supergraph is not at its URL: HTTP ${statusCode}`)
    const tag = received['etag']
    etag = typeof tag === 'string' ? tag : undefined
    return text
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostBytes) throw new Error(`The supergraph has more than ${mostBytes} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
