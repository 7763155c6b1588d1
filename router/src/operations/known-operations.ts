import { manifest } from '@cnop/schema/read'

/** The documents of the router's own operations, by name. They are persisted like every other client's. */
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
