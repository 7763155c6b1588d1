/**
 * The headers of calls to subgraphs: what each rule propagates, sets or removes. `traceparent` and `tracestate` are
 * propagated by default. Computed once for each request and subgraph.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { HeaderRule } from './config.ts'

export type CallHeaders = Readonly<Record<string, string>>

export interface HeaderRules {
  /** The headers of a request's calls to a service; undefined where there are none. */
  of(service: string, received: IncomingHttpHeaders): CallHeaders | undefined
  /** Two requests with the same text may share calls: it holds what their calls carry, but for traces. */
  fingerprint(received: IncomingHttpHeaders): string
}

/** They belong to a connection, to the body, or to the engine. */
const reserved = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
])

const traceHeaders = ['traceparent', 'tracestate']
const defaults: readonly HeaderRule[] = traceHeaders.map((named) => ({ propagate: { named } }))

type Apply = (headers: Map<string, string>, received: IncomingHttpHeaders) => void

export function compileHeaderRules(
  all: readonly HeaderRule[],
  bySubgraph: Readonly<Record<string, readonly HeaderRule[]>>,
): HeaderRules {
  const compile = (rules: readonly HeaderRule[]) => rules.map(compileRule)
  const common = compile([...defaults, ...all])
  const own = new Map(Object.entries(bySubgraph).map(([name, rules]) => [name, compile(rules)]))
  const services: readonly string[] = ['', ...own.keys()]
  const hasRules = all.length > 0 || own.size > 0
  const collect = (service: string, received: IncomingHttpHeaders): Map<string, string> => {
    const headers = new Map<string, string>()
    for (const apply of common) apply(headers, received)
    for (const apply of own.get(service) ?? []) apply(headers, received)
    return headers
  }
  return {
    of: (service, received) => {
      if (!hasRules && received['traceparent'] === undefined) return undefined
      const headers = collect(service, received)
      return headers.size === 0 ? undefined : Object.fromEntries(headers)
    },
    fingerprint: (received) => {
      if (!hasRules) return ''
      return JSON.stringify(
        services.map((service) => {
          const headers = collect(service, received)
          for (const name of traceHeaders) headers.delete(name)
          return [...headers]
        }),
      )
    },
  }
}

function compileRule(rule: HeaderRule): Apply {
  if ('set' in rule) {
    const { name, value } = rule.set
    return reserved.has(name) ? () => undefined : (headers) => headers.set(name, value)
  }
  if ('remove' in rule) return compileRemoval(rule.remove)
  return 'named' in rule.propagate
    ? propagateOne(rule.propagate)
    : propagateMatching(rule.propagate)
}

function compileRemoval(
  removed: { readonly named: string } | { readonly matching: RegExp },
): Apply {
  if ('named' in removed) return (headers) => headers.delete(removed.named)
  return (headers) => {
    for (const name of [...headers.keys()]) if (removed.matching.test(name)) headers.delete(name)
  }
}

function propagateOne(given: {
  readonly named: string
  readonly rename?: string | undefined
  readonly default?: string | undefined
}): Apply {
  const { named, rename = named, default: fallback } = given
  if (reserved.has(rename)) return () => undefined
  return (headers, received) => {
    const value = textOf(received[named]) ?? fallback
    if (value !== undefined) headers.set(rename, value)
  }
}

function propagateMatching({ matching }: { readonly matching: RegExp }): Apply {
  return (headers, received) => {
    for (const [name, given] of Object.entries(received)) {
      const value = textOf(given)
      if (value !== undefined && !reserved.has(name) && matching.test(name))
        headers.set(name, value)
    }
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
