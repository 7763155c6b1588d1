/** What remote subgraphs say about caching restricts the response's policy; silence means "do not cache". */

interface CachePolicy {
  restrict(hint: { maxAge?: number; scope?: 'PRIVATE' | 'PUBLIC' }): void
}

export function cacheRestriction(
  policy: unknown,
): ((cacheControl: string | null) => void) | undefined {
  if (!isPolicy(policy)) return undefined
  return (cacheControl) => {
    const directives = (cacheControl ?? '').split(',').map((each) => each.trim().toLowerCase())
    const age = directives.find((each) => /^max-age=[0-9]+$/.test(each))
    const scope = directives.includes('private')
      ? 'PRIVATE'
      : directives.includes('public')
        ? 'PUBLIC'
        : undefined
    policy.restrict({ maxAge: Number(age?.slice('max-age='.length) ?? 0), ...(scope && { scope }) })
  }
}

function isPolicy(policy: unknown): policy is CachePolicy {
  return (
    typeof policy === 'object' &&
    policy !== null &&
    'restrict' in policy &&
    typeof policy.restrict === 'function'
  )
}
