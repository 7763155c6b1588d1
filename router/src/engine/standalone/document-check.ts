/** Refuses documents that are too large, before Apollo Server parses and validates them. */
import { judgeDocument, type DocumentLimits } from '../../guard/inspect-document.ts'
import { createLimitedMap } from '../limited-map.ts'

/** Throws a Refusal. */
export type CheckDocument = (text: string) => void

/** Documents that were accepted lately, by their text. */
const mostRemembered = 1_000
const mostRememberedBytes = 16 * 1024 * 1024

export function createDocumentCheck(limits: DocumentLimits): CheckDocument {
  const accepted = createLimitedMap<true>(mostRemembered, {
    mostBytes: mostRememberedBytes,
    bytesOf: () => 0,
  })
  return (text) => {
    if (accepted.get(text)) return
    const { refusal } = judgeDocument(text, { document: limits, introspection: limits })
    if (refusal) throw refusal
    accepted.set(text, true)
  }
}
