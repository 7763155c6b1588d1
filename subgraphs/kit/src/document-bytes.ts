import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'

/** Measured: the node and its token, and what guards and executors keep beside a parsed document. */
const bytesPerToken = 1_000
const bytesPerCharacter = 3
const fixedBytes = 1_000

/**
 * The approximate memory of a parsed document and of the data cached with it. It depends on tokens and on text, because
 * either can be large without the other: a name may have 100,000 characters.
 */
export function documentBytes({ loc }: DocumentNode): number {
  if (!loc) return fixedBytes
  let tokens = 0
  for (let token = loc.startToken.next; token; token = token.next) tokens += 1
  return fixedBytes + bytesPerToken * tokens + bytesPerCharacter * loc.source.body.length
}

const storeBytes = 16 * 1024 * 1024

/** The document cache of one subgraph for Apollo Server, bounded in bytes. */
export function createDocumentStore() {
  const held = new LRUCache<string, DocumentNode>({
    maxSize: storeBytes,
    sizeCalculation: documentBytes,
  })
  return {
    get: (hash: string) => Promise.resolve(held.get(hash)),
    set: (hash: string, document: DocumentNode) => {
      held.set(hash, document)
      return Promise.resolve()
    },
    delete: (hash: string) => Promise.resolve(held.delete(hash)),
  }
}
