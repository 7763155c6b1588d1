import { createHash } from 'node:crypto'
import { manifest, manifestNames } from '@cnop/schema/read'

/** The documents of the router's own operations, by name. They are persisted like those of other clients. */
export type FindOperation = (name: string) => string

const operationName = /^\s*(?:query|mutation)\s+(\w+)/

export function loadOperations(): FindOperation {
  const documents = new Map(
    Object.values(manifest('rest')).map((document) => [
      operationName.exec(document)?.[1] ?? '',
      document,
    ]),
  )
  return (name) => {
    const document = documents.get(name)
    if (document === undefined) throw new Error(`router/operations has no operation ${name}.`)
    return document
  }
}

/** Finds the document of a persisted operation. New ones are never registered at run time. */
export type FindDocument = (id: string) => string | undefined

/** Loads the committed manifests, by default those of queries and mutations. Checks at start that every id is the sha256 of its document. */
export function loadManifests(
  names: readonly Parameters<typeof manifest>[0][] = manifestNames,
): FindDocument {
  const documents = new Map(names.flatMap((name) => Object.entries(manifest(name))))
  for (const [id, document] of documents) {
    const hash = createHash('sha256').update(document).digest('hex')
    if (hash !== id)
      throw new Error(`A persisted manifest is corrupt: ${id} is not the hash of its document.`)
  }
  return (id) => documents.get(id)
}
