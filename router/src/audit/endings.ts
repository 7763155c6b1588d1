import type { GraphQLFormattedError } from 'graphql'
import type { OperationResult } from '../operations/operation-stages.ts'
import type { AuditOutcome } from './event.ts'

/** How a field of a mutation ended. */
export interface Ending {
  readonly outcome: AuditOutcome
  readonly code: string | undefined
  readonly details: Readonly<Record<string, unknown>>
}

interface Field {
  readonly responseName: string
  /** Whether the user subgraph runs it: it runs adjacent fields in sequence and stops at the first failure. */
  readonly isOfUser: boolean
}

/** Codes that do not tell whether the field took effect. */
const openCodes = new Set(['SUBGRAPH_UNAVAILABLE', 'TIMEOUT', 'OUTCOME_UNKNOWN', 'INTERNAL'])
/** The same codes under the names of libraries, before errors are normalised. */
const openForeignCodes = new Set(['INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR'])

const codeOf = ({ extensions }: GraphQLFormattedError): string => {
  const code = extensions?.['code']
  return typeof code === 'string' ? code : 'INTERNAL'
}

const isOpen = (code: string): boolean => openCodes.has(code) || openForeignCodes.has(code)

function endingOf(error: GraphQLFormattedError): Ending {
  const code = codeOf(error)
  const details = (error.extensions?.['details'] ?? {}) as Record<string, unknown>
  if (isOpen(code)) return { outcome: 'unknown', code, details }
  return { outcome: code === 'IP_BLOCKED' ? 'blocked' : 'failed', code, details }
}

const done: Ending = { outcome: 'ok', code: undefined, details: {} }
const unknown: Ending = { outcome: 'unknown', code: undefined, details: {} }

/**
 * Derives from a result how each field of a mutation ended; undefined for one that did not run. A failing field may
 * null the whole result, so a field without an error of its own is judged by its position.
 */
export function findEndings(
  fields: readonly Field[],
  { data, errors = [] }: OperationResult,
): (Ending | undefined)[] {
  const own = fields.map(({ responseName }) =>
    errors.find(({ path }) => path?.length === 1 && path[0] === responseName),
  )
  const behind = endingBehind(fields, own, errors)
  const firstFailed = own.findIndex((error) => error !== undefined)
  return fields.map(({ responseName }, index): Ending | undefined => {
    const error = own[index]
    if (error) return endingOf(error)
    const hasFailedBelow = errors.some(({ path }) => path?.[0] === responseName)
    const hasAnswered = data?.[responseName] !== undefined && data[responseName] !== null
    return hasFailedBelow || hasAnswered || index < firstFailed ? done : behind
  })
}

/** The outcome of a field with neither data nor error that follows the first failed field, if any. */
function endingBehind(
  fields: readonly Field[],
  own: readonly (GraphQLFormattedError | undefined)[],
  errors: readonly GraphQLFormattedError[],
): Ending | undefined {
  const firstFailed = own.find((error) => error !== undefined)
  if (firstFailed) {
    const areNeighbours = fields.every(({ isOfUser }) => isOfUser)
    return areNeighbours && !isOpen(codeOf(firstFailed)) ? undefined : unknown
  }
  const whole = errors.find(({ path }) => !path || path.length === 0)
  return whole && endingOfWhole(whole)
}

/** An operation is refused as a whole before it runs, unless the error has no code of ours. */
function endingOfWhole(error: GraphQLFormattedError): Ending | undefined {
  const ending = endingOf(error)
  return ending.outcome === 'failed' ? undefined : ending
}
