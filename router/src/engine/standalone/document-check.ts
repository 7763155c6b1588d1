/** Refuses documents that are too large, before Apollo Server parses and validates them. */
import { judgeDocument, type DocumentLimits } from '../../guard/inspect-document.ts'
import { createLimitedMap } from '../limited-map.ts'

export interface DocumentCheck {
  /** Throws a Refusal. */
  check(text: string): void
  /** The texts that were accepted lately, the latest first. */
  recent(most: number): readonly string[]
}

const mostRemembered = 1_000
const mostRememberedBytes = 16 * 1024 * 1024

export function createDocumentCheck(limits: DocumentLimits): DocumentCheck {
  const accepted = createLimitedMap<true>(mostRemembered, {
    mostBytes: mostRememberedBytes,
    bytesOf: () => 0,
  })
  return {
    check: (text) => {
      if (accepted.get(text)) return
      const { refusal } = judgeDocument(text, { document: limits, introspection: limits })
      if (refusal) throw refusal
      accepted.set(text, true)
    },
    recent: (most) => accepted.keys().slice(-most).reverse(),
  }
}
