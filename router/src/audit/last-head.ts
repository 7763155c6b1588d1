import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { chainPath } from './chain-file.ts'
import { type ChainHead, readLine } from './chain.ts'

/** Longer than any record. */
const tailBytes = 64 * 1024

/** The chains of a directory by name, which is by the start of their processes; none where there is no directory. */
export function listChains(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((file) => file.endsWith('.jsonl'))
      .map((file) => file.slice(0, -'.jsonl'.length))
      .sort()
  } catch {
    return []
  }
}

/** The head of the newest chain with at least one complete record. Its process may still be running. */
export function findLastHead(
  directory: string,
): { readonly process: string; readonly head: ChainHead } | undefined {
  for (const process of listChains(directory).reverse()) {
    const head = readHead(chainPath(directory, process))
    if (head) return { process, head }
  }
  return undefined
}

/** The last complete record of a file; a truncated line is skipped. */
function readHead(path: string): ChainHead | undefined {
  const lines = readTail(path).split('\n').slice(0, -1)
  for (const line of lines.reverse()) {
    const record = readLine(line)
    if (record) return { sequence: record.sequence, hash: record.hash }
  }
  return undefined
}

function readTail(path: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      const { size } = fstatSync(file)
      const bytes = Buffer.alloc(Math.min(size, tailBytes))
      readSync(file, bytes, 0, bytes.length, size - bytes.length)
      return bytes.toString('utf8')
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}
