import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const textFiles = new Set(['.css', '.html', '.js', '.json', '.svg', '.ttf', '.webmanifest'])
/** Smaller files fit into one packet as they are. */
const leastBytes = 1_024
/** The highest quality takes minutes for the editor's largest file and saves little. */
const largeBytes = 1_000_000

const packers = {
  br: (bytes: Buffer) => {
    const quality = bytes.length > largeBytes ? 9 : constants.BROTLI_MAX_QUALITY
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    }
    return promisify<Buffer, object, Buffer>(brotliCompress)(bytes, { params })
  },
  gz: (bytes: Buffer) => promisify<Buffer, object, Buffer>(gzip)(bytes, { level: 9 }),
}

async function compressFile(path: string): Promise<void> {
  const bytes = readFileSync(path)
  if (bytes.length < leastBytes) return
  for (const [extension, pack] of Object.entries(packers)) {
    const packed = await pack(bytes)
    if (packed.length < bytes.length) writeFileSync(`${path}.${extension}`, packed)
  }
}

/** Writes a `.br` and a `.gz` beside each text file of a build, for servers that send them as they are. */
export function precompress(): Plugin {
  let folder = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir)
    },
    closeBundle: async () => {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && textFiles.has(extname(entry.name)))
        .map((entry) => join(entry.parentPath, entry.name))
      for (const file of files) await compressFile(file)
    },
  }
}
