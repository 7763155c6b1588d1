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
import { hasManyComparisons } from './field-comparisons.ts'
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

const mostFragments = 200
/** The standard query for the whole schema has nine lists. */
const mostSchemaLists = 30

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
    const verdict = verdicts.get(hash) ?? judgeDocument(text, limits)
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

/** What is wrong with a document, and what the guards must know of it. It does not throw. */
export function judgeDocument(
  text: string,
  { document: ordinary, introspection }: InspectionLimits,
): Verdict {
  const wide: DocumentLimits = {
    ...ordinary,
    tokens: Math.max(ordinary.tokens, introspection.tokens),
    depth: Math.max(ordinary.depth, introspection.depth),
    fields: Math.max(ordinary.fields, introspection.fields),
  }
  const { tokens, isNested } = countTokens(text, wide.tokens)
  if (tokens > wide.tokens) return { ...harmless, refusal: tooComplex('tokens', ordinary.tokens) }
  if (isNested) return { ...harmless, refusal: tooComplex('nested brackets', mostNesting) }
  const isLong = tokens > ordinary.tokens
  const document = parseOrNothing(text)
  // Apollo Server answers a syntax error, unless the text is too long to be parsed.
  if (!document) {
    return isLong ? { ...harmless, refusal: tooComplex('tokens', ordinary.tokens) } : harmless
  }
  const shape = measureShape(document)
  const { isIntrospecting, isIntrospectionOnly, signIns } = shape
  const excess =
    isLong && !isIntrospectionOnly
      ? tooComplex('tokens', ordinary.tokens)
      : findExcess(shape, isIntrospectionOnly ? wide : ordinary)
  const refusal = excess ?? findRepetition(document)
  const kinds = kindsOf(document)
  const counted = refusal ? countGuesses(signIns, ordinary) : 0
  return { refusal, isIntrospecting, isIntrospectionOnly, signIns: counted, kinds }
}

/** A document that is too large for another reason than its sign-ins is no attempt: nothing of it was tried. */
const countGuesses = (signIns: number, { rootFields, aliases }: DocumentLimits): number =>
  signIns > Math.min(rootFields, aliases) ? signIns : 0

function findExcess(shape: Shape, limits: DocumentLimits): Refusal | undefined {
  if (shape.schemaLists > mostSchemaLists) {
    return tooComplex('lists of the schema', mostSchemaLists)
  }
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

/** Validation compares fragments, and fields of one name, with each other. */
function findRepetition(document: DocumentNode): Refusal | undefined {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  if (fragments.length > mostFragments) return tooComplex('fragments', mostFragments)
  if (!hasManyComparisons(document)) return undefined
  const counted = 'fields of one name'
  return new Refusal('QUERY_TOO_COMPLEX', `The document has too many ${counted} at one place.`, {
    details: { counted },
  })
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

/** The parser and the rules of validation recurse at each bracket. */
const mostNesting = 256
const opening: ReadonlySet<TokenKind> = new Set([
  TokenKind.BRACE_L,
  TokenKind.BRACKET_L,
  TokenKind.PAREN_L,
])
const closing: ReadonlySet<TokenKind> = new Set([
  TokenKind.BRACE_R,
  TokenKind.BRACKET_R,
  TokenKind.PAREN_R,
])

interface Tokens {
  /** One more than the limit where there are more. */
  readonly tokens: number
  readonly isNested: boolean
}

/**
 * Counts tokens without building a document, so that a text of any size is cheap; it stops at an invalid token, at the
 * limit, and where brackets nest too deeply.
 */
function countTokens(text: string, limit: number): Tokens {
  const lexer = new Lexer(new Source(text))
  let tokens = 0
  let depth = 0
  try {
    for (; tokens <= limit && depth <= mostNesting; tokens += 1) {
      const { kind } = lexer.advance()
      if (kind === TokenKind.EOF) break
      if (opening.has(kind)) depth += 1
      else if (closing.has(kind)) depth -= 1
    }
  } catch {
    // Apollo Server says what is wrong with the token.
  }
  return { tokens, isNested: depth > mostNesting }
}
