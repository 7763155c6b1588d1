import { existsSync, readdirSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import express, { type Request, type RequestHandler } from 'express'
import Negotiator from 'negotiator'

/** Best first. The build writes a file of each beside the original. */
const encodings = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
] as const

type Encoding = (typeof encodings)[number]

/** The prebuilt encodings of a file, by request path. */
function findPrebuilt(root: string): ReadonlyMap<string, readonly Encoding[]> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    files.flatMap((file) => {
      const built = encodings.filter(({ extension }) => existsSync(file + extension))
      const path = `/${relative(root, file).split(sep).join('/')}`
      return built.length > 0 ? [[path, built] as const] : []
    }),
  )
}

/** The published types of the library lack `preferred`. */
interface PreferringNegotiator {
  encoding(available: string[], options: { preferred: string[] }): string | undefined
}

/** The encoding with the client's highest weight; ties go to the first of ours. */
function negotiate(request: Request, names: readonly string[]): string | undefined {
  const negotiator = new Negotiator(request) as unknown as PreferringNegotiator
  return negotiator.encoding([...names, 'identity'], { preferred: [...names] })
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/**
 * Serves a folder of built files: the prebuilt brotli or gzip variant where the client accepts it, and the file itself
 * otherwise. Each variant has its own ETag, and `Vary` names the encoding.
 */
export function servePrebuilt(
  root: string,
  options: Parameters<typeof express.static>[1] = {},
): RequestHandler {
  const prebuilt = findPrebuilt(root)
  const serve = express.static(root, {
    ...{ index: false, redirect: false, acceptRanges: false },
    ...options,
  })
  return (request, response, next) => {
    const path = decodePath(request.path)
    // No file has a name that is no text.
    if (path === undefined) {
      next()
      return
    }
    const built = prebuilt.get(path)
    if (!built) {
      serve(request, response, next)
      return
    }
    response.vary('Accept-Encoding')
    const names = built.map(({ name }) => name)
    const wanted = negotiate(request, names)
    const chosen = built.find(({ name }) => name === wanted)
    if (!chosen) {
      serve(request, response, next)
      return
    }
    response.type(extname(path))
    response.setHeader('Content-Encoding', chosen.name)
    const { url } = request
    request.url = `${encodeURI(path)}${chosen.extension}`
    serve(request, response, (error?: unknown) => {
      request.url = url
      response.removeHeader('Content-Encoding')
      next(error)
    })
  }
}
