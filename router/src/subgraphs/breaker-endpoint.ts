import { Router } from 'express'
import { requireAdmin } from '../auth/require-admin.ts'
import type { SubgraphLink } from './links.ts'
import { onlyParameters } from '../guard/parameters.ts'

/** `GET /`: the circuit state of each subgraph, since when, and the last failures. Public in the demo. */
export function createBreakerEndpoint(
  links: readonly Pick<SubgraphLink, 'name' | 'copies'>[],
  isOpenToAll: boolean,
): Router {
  const router = Router()
  if (!isOpenToAll) router.use(requireAdmin)
  router.use(onlyParameters())
  router.get('/', (_request, response) => {
    response.setHeader('Cache-Control', 'no-store')
    response.json({
      breakers: links.flatMap(({ name, copies }) =>
        copies().map((copy) => ({
          subgraph: name,
          copy: copy.name,
          isInService: !copy.isOut(),
          ...copy.describeBreaker(),
        })),
      ),
    })
  })
  return router
}
