/**
 * Errors of a call as clients see them: with a concrete path, the service's name and a code. A failed call is reported at
 * its fields. An error of an entity is reported at every path that shows the entity. Messages
 * never contain addresses.
 */
import type { GraphQLError, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import { isData, type Data, type Path } from '../data.ts'
import { errorWithoutStack } from '../error-without-stack.ts'
import { isOfType } from '../schema-types.ts'
import { SubgraphFault } from '../transport.ts'
import { costOf } from '../write/cost.ts'
import { locate, type ConcretePath } from './find.ts'
import type { Run } from './run.ts'

/** Response names that a fetch adds to objects of a type, or of any type without a condition. */
export interface FetchedFields {
  readonly condition: string | undefined
  readonly names: readonly string[]
}

/** A field that the client selected, by internal response name; `output` is the client's response name. */
export interface ClientField {
  readonly output: string
  readonly below: ClientFields
}
export type ClientFields = ReadonlyMap<string, ClientField>

export interface ErrorScope {
  readonly service: string
  readonly schema: GraphQLSchema
  readonly client: ClientFields
  /** Internal response names that output rewrites of the planner rename. */
  readonly renamed: ReadonlyMap<string, string>
}

/** The maximum number of errors of one request. */
export const mostErrors = 1000
/** The maximum number of reported paths per error. */
const mostFailurePlaces = 25
const mostErrorPlaces = 1000

export interface Place {
  readonly entity: Data
  readonly path: ConcretePath
}

/** More places are not looked for. */
const mostLocated = 20_000
/** More objects of one error are not looked for. */
export const mostEntities = 1_000

/** The paths of the given objects; objects that are no longer part of the result have none. */
export type PlacesOf = (entities: readonly Data[]) => Place[]

/** Looks for some objects in one walk, which may be a long one. */
export function openPlaces(
  root: Data,
  paths: readonly Path[],
  wanted: ReadonlySet<Data>,
): PlacesOf {
  const located = paths.map((path) => locate(root, path, wanted, mostLocated))
  return (entities) =>
    [...new Set(entities)].flatMap((entity) =>
      located.flatMap((found) => (found.get(entity) ?? []).map((path) => ({ entity, path }))),
    )
}

/** The paths of the first of the given objects. */
export function placesOf(root: Data, paths: readonly Path[], entities: readonly Data[]): Place[] {
  const first = entities.slice(0, mostEntities)
  return openPlaces(root, paths, new Set(first))(first)
}

/** Reports a call that failed as a whole. */
export function reportFailure(
  run: Run,
  scope: ErrorScope,
  places: readonly Place[],
  fetched: readonly FetchedFields[],
  failure: unknown,
): void {
  const { message, code } = describeFailure(scope.service, failure)
  const paths = places.flatMap((place) => failedPaths(scope, place, fetched))
  for (const path of paths.slice(0, mostFailurePlaces)) {
    run.errors.push(fetchError(scope, message, path, { code }))
  }
  if (paths.length === 0) run.errors.push(fetchError(scope, message, undefined, { code }))
}

export function describeFailure(
  service: string,
  failure: unknown,
): { message: string; code: string } {
  if (failure instanceof SubgraphFault) return { message: failure.message, code: failure.code }
  const extensions = isData(failure) ? failure['extensions'] : undefined
  const code = isData(extensions) ? extensions['code'] : undefined
  return {
    message: `The service "${service}" is unavailable.`,
    code: typeof code === 'string' ? code : 'SUBGRAPH_UNAVAILABLE',
  }
}

function failedPaths(
  scope: ErrorScope,
  place: Place,
  fetched: readonly FetchedFields[],
): ConcretePath[] {
  const names = fetched
    .filter(
      ({ condition }) =>
        condition === undefined || isOfType(scope.schema, place.entity, condition, true),
    )
    .flatMap((fields) => fields.names)
  const selected = selectedAt(scope.client, place.path)
  const known = [...new Set(names)]
    .map((name) => scope.renamed.get(name) ?? name)
    .filter((name) => selected?.has(name))
  if (known.length === 0) return place.path.length === 0 ? [] : [place.path]
  return known.map((name) => [...place.path, name])
}

function selectedAt(client: ClientFields, path: ConcretePath): ClientFields | undefined {
  let fields: ClientFields | undefined = client
  for (const step of path) if (typeof step === 'string') fields = fields?.get(step)?.below
  return fields
}

/** Reports one error of a reply at each path that it belongs to. */
export function reportError(
  run: Run,
  scope: ErrorScope,
  error: Partial<GraphQLFormattedError>,
  bases: readonly ConcretePath[],
  rest: ConcretePath,
): void {
  const most = Math.min(mostErrorPlaces, mostErrors - run.errors.length)
  if (most <= 0) return
  const places = bases.slice(0, most)
  const kept = keepWithin(run, contentOf(scope, error, rest), Math.max(1, places.length))
  for (const base of places) {
    run.errors.push(fetchError(scope, kept.message, [...base, ...kept.rest], kept.extensions))
  }
  if (places.length === 0)
    run.errors.push(fetchError(scope, kept.message, undefined, kept.extensions))
}

interface ErrorContent {
  readonly message: string
  readonly extensions: Record<string, unknown>
  /** The path below the place of an entity. */
  readonly rest: ConcretePath
}

function contentOf(
  { service }: ErrorScope,
  { message, extensions }: Partial<GraphQLFormattedError>,
  rest: ConcretePath,
): ErrorContent {
  // Apollo Server takes the status and the headers of its response from `http`: no subgraph chooses those.
  const { http: _http, ...given } = isData(extensions) ? extensions : {}
  return {
    message:
      typeof message === 'string' && message !== ''
        ? message
        : `Error while fetching subquery from service "${service}"`,
    extensions: { ...given, code: given['code'] ?? defaultCode },
    rest,
  }
}

const defaultCode = 'DOWNSTREAM_SERVICE_ERROR'

/** An error is written once for each of its places. */
function keepWithin(run: Run, content: ErrorContent, places: number): ErrorContent {
  const { message, extensions, rest } = content
  const cost = places * costOf([message, extensions, rest], mostErrorWork)
  if (run.errorWork + cost <= mostErrorWork) {
    run.errorWork += cost
    return content
  }
  const { code } = extensions
  const isShort = typeof code === 'string' && code.length <= shortMessage
  return {
    message: message.slice(0, shortMessage),
    extensions: { code: isShort ? code : defaultCode },
    rest: [],
  }
}

/** The values of all errors of a request, long texts counted as several; then only message, code and place are kept. */
const mostErrorWork = 20_000
const shortMessage = 200

function fetchError(
  scope: ErrorScope,
  message: string,
  path: ConcretePath | undefined,
  extensions: Record<string, unknown>,
): GraphQLError {
  return errorWithoutStack(message, {
    ...(path && { path: clientPath(scope, path) }),
    extensions: { ...extensions, serviceName: scope.service },
  })
}

/** A path in the client's response names. */
function clientPath(scope: ErrorScope, path: ConcretePath): ConcretePath {
  let fields: ClientFields | undefined = scope.client
  return path.map((step) => {
    if (typeof step === 'number') return step
    const name = scope.renamed.get(step) ?? step
    const field: ClientField | undefined = fields?.get(name)
    fields = field?.below
    return field?.output ?? name
  })
}
