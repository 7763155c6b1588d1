import { closeSync, fdatasync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeDirectory } from '@cnop/kit/directories'
import type { ChainHead } from './chain.ts'

const flush = promisify(fdatasync)

/** The file of one chain. It holds whole lines only: a partial write is truncated. */
export interface ChainFile {
  /** Throws when the line cannot be written; the file is then unchanged. */
  append(line: string): void
  /** Flushes the appended lines and the head to disk. */
  flush(head: ChainHead): Promise<void>
  close(): void
}

/** Only their owner may read or write the files. */
const mode = 0o600

export const chainPath = (directory: string, process: string): string =>
  join(directory, `${process}.jsonl`)

/** The side file with the head of a chain, which reveals a truncated file. */
export const headPath = (directory: string, process: string): string =>
  join(directory, `${process}.head`)

/** The side file that says how far a chain was verified. */
export const verifiedPath = (directory: string, process: string): string =>
  join(directory, `${process}.verified`)

/** The file is created with its first line, so that an unwritable directory does not prevent the start. */
export function openChainFile(directory: string, process: string): ChainFile {
  let descriptor: number | undefined
  let size = 0
  let isTorn = false
  let flushing: Promise<void> = Promise.resolve()

  function open(): number {
    if (descriptor !== undefined) return descriptor
    makeDirectory(directory, 0o700)
    descriptor = openSync(chainPath(directory, process), 'ax', mode)
    return descriptor
  }

  function takeBack(file: number): void {
    ftruncateSync(file, size)
    isTorn = false
  }

  async function write(head: ChainHead): Promise<void> {
    if (descriptor === undefined) return
    await flush(descriptor)
    const path = headPath(directory, process)
    await writeFile(`${path}.new`, `${JSON.stringify(head)}\n`, { mode })
    await rename(`${path}.new`, path)
  }

  return {
    append: (line) => {
      const file = open()
      if (isTorn) takeBack(file)
      const bytes = Buffer.from(`${line}\n`)
      isTorn = true
      try {
        for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
      } catch (error) {
        takeBack(file)
        throw error
      }
      isTorn = false
      size += bytes.length
    },
    // One flush at a time: on a slow disk they would replace the same side file.
    flush: (head) => {
      const next = flushing.catch(() => undefined).then(() => write(head))
      flushing = next
      return next
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor)
      descriptor = undefined
    },
  }
}
