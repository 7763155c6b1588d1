/**
 * Repairs a planner of Apollo: to come back to a service for a field with `@requires` it takes the first key whose
 * fields the service has, even one marked `resolvable: false`. Keys that nobody may enter by are
 * taken away from the planner where a type has others.
 */
import { federationMetadata, isInterfaceType, isObjectType } from '@apollo/federation-internals'
import type { InterfaceType, ObjectType, Schema } from '@apollo/federation-internals'
import type { QueryPlanner } from '@apollo/query-planner'

/** What the planner keeps to itself: the schema of each service, of which its graph is built already. */
interface PlannerInside {
  readonly federatedQueryGraph: { readonly sources: ReadonlyMap<string, Schema> }
}

export function forgetUnresolvableKeys(planner: QueryPlanner): void {
  const { sources } = (planner as unknown as PlannerInside).federatedQueryGraph
  for (const schema of sources.values()) {
    for (const type of schema.types()) {
      if (isObjectType(type) || isInterfaceType(type)) forgetKeysOf(schema, type)
    }
  }
}

function forgetKeysOf(schema: Schema, type: ObjectType | InterfaceType): void {
  const keyDirective = federationMetadata(schema)?.keyDirective()
  if (!keyDirective) return
  const keys = [...type.appliedDirectivesOf(keyDirective)]
  const closed = keys.filter((key) => key.arguments().resolvable === false)
  if (closed.length === keys.length) return
  for (const key of closed) key.remove()
}
