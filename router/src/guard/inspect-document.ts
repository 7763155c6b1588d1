import { createHash } from 'node:crypto'
import {
  type DocumentNode,
  Kind,
  Lexer,
  OperationTypeNode,
  parse,
  Source,
  TokenKind,
} from 'graphql'
import { Refusal } from '../errors/refusal.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { measureShape, type Shape } from './document-shape.ts'
import { createLimitedMap } from '../engine/limited-map.ts'

export interface DocumentLimits {
  readonly tokens: number
  readonly depth: number
  readonly aliases: number
  readonly rootFields: number
  readonly directives: number
  /** Fields after expanding fragments. */
  readonly fields: number
}

/** Where introspection is allowed, introspection-only documents have limits of their own. */
export interface InspectionLimits {
  readonly document: DocumentLimits
  readonly introspection: Pick<DocumentLimits, 'tokens' | 'depth' | 'fields'>
}

/** Inspects the text of a document before it is validated or planned; throws to refuse it. */
export type InspectDocument = (text: string, caller: Inspected) => Promise<void>

interface Inspected {
  readonly mayIntrospect: boolean
  readonly context: RequestContext
  /** Whether it came to `/stream`, which serves subscriptions only. */
  readonly isStream?: boolean
}

interface Verdict {
  readonly refusal: Refusal | undefined
  readonly isIntrospecting: boolean
  readonly isIntrospectionOnly: boolean
  readonly signIns: number
  readonly kinds: ReadonlySet<OperationTypeNode>
}

const harmless: Verdict = {
  refusal: undefined,
  isIntrospecting: false,
  isIntrospectionOnly: false,
  signIns: 0,
  kinds: new Set(),
}

/** Verdicts are cached by the hash of the text, up to this count. */
const mostRemembered = 1_000

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64')

const names: readonly (readonly [Exclude<keyof DocumentLimits, 'tokens'>, string])[] = [
  ['fields', 'fields'],
  ['depth', 'levels'],
  ['aliases', 'aliases'],
  ['rootFields', 'fields at its root'],
  ['directives', 'directives'],
]

/** `countSignIns`: the sign-ins of a document that is refused for their number count as attempts. */
export function createInspectDocument(
  limits: InspectionLimits,
  countSignIns: (context: RequestContext, signIns: number) => Promise<void>,
): InspectDocument {
  const verdicts = createLimitedMap<Verdict>(mostRemembered)
  return async (text, { mayIntrospect, context, isStream = false }) => {
    const hash = hashOf(text)
    const verdict = verdicts.get(hash) ?? inspect(text, limits)
    verdicts.set(hash, verdict)
    // Where introspection is off, its size limits are not revealed.
    if (verdict.isIntrospectionOnly && !mayIntrospect) throw introspectionIsOff()
    if (verdict.refusal) {
      if (verdict.signIns > 0) await countSignIns(context, verdict.signIns)
      throw verdict.refusal
    }
    refuseOtherEndpoint(verdict.kinds, isStream)
    if (verdict.isIntrospecting && !mayIntrospect) throw introspectionIsOff()
  }
}

const introspectionIsOff = (): Refusal =>
  new Refusal('GRAPHQL_VALIDATION_FAILED', 'Introspection is disabled.')

function inspect(text: string, { document: ordinary, introspection }: InspectionLimits): Verdict {
  const wide: DocumentLimits = {
    ...ordinary,
    tokens: Math.max(ordinary.tokens, introspection.tokens),
    depth: Math.max(ordinary.depth, introspection.depth),
    fields: Math.max(ordinary.fields, introspection.fields),
  }
  if (hasMoreTokens(text, wide.tokens)) {
    return { ...harmless, refusal: tooComplex('tokens', ordinary.tokens) }
  }
  const isLong = hasMoreTokens(text, ordinary.tokens)
  const document = parseOrNothing(text)
  // Apollo Server answers a syntax error, unless the text is too long to be parsed.
  if (!document) {
    return isLong ? { ...harmless, refusal: tooComplex('tokens', ordinary.tokens) } : harmless
  }
  const shape = measureShape(document)
  const { isIntrospecting, isIntrospectionOnly, signIns } = shape
  const refusal = isIntrospectionOnly
    ? findExcess(shape, wide)
    : isLong
      ? tooComplex('tokens', ordinary.tokens)
      : findExcess(shape, ordinary)
  const kinds = kindsOf(document)
  // A document that is too large for another reason is no attempt: nothing of it was tried.
  const isGuessing = refusal && signIns > Math.min(ordinary.rootFields, ordinary.aliases)
  const counted = isGuessing ? signIns : 0
  return { refusal, isIntrospecting, isIntrospectionOnly, signIns: counted, kinds }
}

function findExcess(shape: Shape, limits: DocumentLimits): Refusal | undefined {
  const over = names.find(([name]) => shape[name] > limits[name])
  return over && tooComplex(over[1], limits[over[0]])
}

const kindsOf = ({ definitions }: DocumentNode): ReadonlySet<OperationTypeNode> =>
  new Set(
    definitions.flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION ? [node.operation] : [],
    ),
  )

function refuseOtherEndpoint(kinds: ReadonlySet<OperationTypeNode>, isStream: boolean): void {
  if (!isStream && kinds.has(OperationTypeNode.SUBSCRIPTION)) {
    throw new Refusal(
      'GRAPHQL_VALIDATION_FAILED',
      'Subscriptions are served at /stream: POST the same body there with the header Accept: text/event-stream.',
      { details: { endpoint: '/stream', method: 'POST', accept: 'text/event-stream' } },
    )
  }
  const isQuery = kinds.has(OperationTypeNode.QUERY) || kinds.has(OperationTypeNode.MUTATION)
  if (isStream && isQuery) {
    throw new Refusal('GRAPHQL_VALIDATION_FAILED', 'Queries and mutations are served at /graphql.')
  }
}

const tooComplex = (what: string, limit: number): Refusal =>
  new Refusal('QUERY_TOO_COMPLEX', `An operation may have at most ${limit} ${what}.`, {
    details: { limit: String(limit), counted: what },
  })

function parseOrNothing(text: string): DocumentNode | undefined {
  try {
    return parse(text, { noLocation: true })
  } catch {
    return undefined
  }
}

/** Counts tokens without building a document, so that a text of any size is cheap; it stops at an invalid token. */
function hasMoreTokens(text: string, limit: number): boolean {
  const lexer = new Lexer(new Source(text))
  try {
    for (let count = 0; count <= limit; count += 1) {
      if (lexer.advance().kind === TokenKind.EOF) return false
    }
    return true
  } catch {
    return false
  }
}
