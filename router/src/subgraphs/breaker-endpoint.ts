import { Router } from 'express'
import type { Fleet } from '../fleet/fleet.ts'
import type { SubgraphLink } from './links.ts'

/** `GET /`: the circuits of all routers to each copy of each subgraph, since when, and the last failures. Public in the demo. */
export function createBreakerEndpoint(
  links: readonly Pick<SubgraphLink, 'name' | 'copies'>[],
  fleet: Fleet,
): Router {
  const read = fleet.view('breakers', () =>
    links.flatMap(({ name, copies }) =>
      copies().map((copy) => ({
        subgraph: name,
        copy: copy.name,
        isInService: !copy.isOut(),
        ...copy.describeBreaker(),
      })),
    ),
  )
  const router = Router()
  router.get('/', async (_request, response) => {
    const { parts, missing } = await read(null)
    response.setHeader('Cache-Control', 'no-store')
    response.json({
      breakers: parts.flatMap(({ router: name, part }) =>
        part.map((breaker) => ({ router: name, ...breaker })),
      ),
      missing,
    })
  })
  return router
}
