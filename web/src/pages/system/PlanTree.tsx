import { Text } from '@mantine/core'
import { arrangePlan, type PlannedCall, type PlanNode } from './trace.ts'
import { serviceName } from './words.ts'

function where(paths: readonly string[]): string {
  const places = [...new Set(paths)].map((path) => (path === '' ? 'the root' : path))
  return `for ${places.join(', ')}`
}

/** The other calls that it waits for, besides its parent. */
function others({ call: { after } }: PlanNode): string {
  const rest = after.filter((index) => index !== Math.max(...after))
  return rest.length > 0 ? `, also after ${rest.map((index) => `#${index + 1}`).join(', ')}` : ''
}

function PlanItem({ node }: { node: PlanNode }) {
  const { call, index, next } = node
  return (
    <li>
      <details>
        <summary>
          <strong>
            #{index + 1} {serviceName(call.service)}
          </strong>{' '}
          <span className="span-about">
            {where(call.paths)}
            {others(node)}
            {call.isPublic && ', public: may be shared'}
          </span>
        </summary>
        <pre
          className="plan-operation"
          tabIndex={0}
          role="group"
          aria-label={`Operation ${index + 1}`}
        >
          {call.operation}
        </pre>
      </details>
      {next.length > 0 && <PlanList nodes={next} />}
    </li>
  )
}

function PlanList({ nodes }: { nodes: readonly PlanNode[] }) {
  return (
    <ol className="plan-tree">
      {nodes.map((node) => (
        <PlanItem key={node.index} node={node} />
      ))}
    </ol>
  )
}

/** The calls of a plan, each below the one that it waits for. Siblings run in parallel. */
export function PlanTree({ calls }: { calls: readonly PlannedCall[] }) {
  if (calls.length === 0) {
    return (
      <Text size="sm" c="dimmed" pb={10}>
        This request came to no plan of its own: it was refused before, or asked no service.
      </Text>
    )
  }
  return <PlanList nodes={arrangePlan(calls)} />
}
