/** The cache policy of a response, as Apollo Server keeps it. */
interface CachePolicy {
  restrict(hint: CacheHint): void
}

interface CacheHint {
  readonly maxAge?: number
  readonly scope?: 'PRIVATE' | 'PUBLIC'
}

/** The `cache-control` headers of remote subgraphs restrict the policy of the response; a missing header forbids caching. */
export function cacheRestriction(
  policy: unknown,
): ((cacheControl: string | null) => void) | undefined {
  if (!isPolicy(policy)) return undefined
  return (cacheControl) => policy.restrict(cacheControl === null ? uncached : hintOf(cacheControl))
}

const uncached: CacheHint = { maxAge: 0 }

function hintOf(cacheControl: string): CacheHint {
  const directives = cacheControl.split(',').map((each) => each.trim().toLowerCase())
  const age = directives.find((each) => /^max-age=[0-9]+$/.test(each))
  const scope = directives.includes('private')
    ? 'PRIVATE'
    : directives.includes('public')
      ? 'PUBLIC'
      : undefined
  return { maxAge: Number(age?.slice('max-age='.length) ?? 0), ...(scope && { scope }) }
}

function isPolicy(policy: unknown): policy is CachePolicy {
  return (
    typeof policy === 'object' &&
    policy !== null &&
    'restrict' in policy &&
    typeof policy.restrict === 'function'
  )
}
