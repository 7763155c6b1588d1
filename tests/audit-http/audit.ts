import { auditServer } from 'graphql-http'

export interface Audit {
  readonly ok: number
  readonly notices: readonly string[]
  readonly warnings: readonly string[]
  readonly errors: readonly string[]
}

/** Runs all audits of the GraphQL-over-HTTP specification against a server. */
export async function auditOver(origin: string): Promise<Audit> {
  const results = await auditServer({ url: `${origin}/graphql` })
  const named = (status: 'notice' | 'warn' | 'error'): string[] =>
    results.flatMap((result) =>
      result.status === status ? [`${result.id} ${result.name}: ${result.reason}`] : [],
    )
  return {
    ok: results.filter(({ status }) => status === 'ok').length,
    notices: named('notice'),
    warnings: named('warn'),
    errors: named('error'),
  }
}
