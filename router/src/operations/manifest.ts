import { createHash } from 'node:crypto'
import { manifest, manifestNames } from '@cnop/schema/read'

/** Finds the document of a persisted operation. It never learns a new one. */
export type FindDocument = (id: string) => string | undefined

/** Committed manifests as one, all of queries unless said otherwise; an id is the sha256 of its document, which is checked at start. */
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
