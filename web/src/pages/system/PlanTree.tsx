import { Text } from '@mantine/core'
import { joinWords } from '../../format/lists.ts'
import { i18n } from '../../i18n.ts'
import { arrangePlan, type PlannedCall, type PlanNode } from './trace.ts'
import { serviceName } from './words.ts'

/** The other calls that it waits for, besides its parent: "#1, #2". */
const othersOf = ({ call: { after } }: PlanNode): string =>
  joinWords(after.filter((index) => index !== Math.max(...after)).map((index) => `#${index + 1}`))

/** What a call is for, what else it waits for, and whether its answer may be shared. */
function describeCall(node: PlanNode): string {
  const { paths, isPublic } = node.call
  const places = joinWords(
    [...new Set(paths)].map((path) => (path === '' ? i18n.t('the root') : path)),
  )
  const calls = othersOf(node)
  if (calls === '') {
    return isPublic
      ? i18n.t('for {places}, public: may be shared', { places })
      : i18n.t('for {places}', { places })
  }
  return isPublic
    ? i18n.t('for {places}, also after {calls}, public: may be shared', { places, calls })
    : i18n.t('for {places}, also after {calls}', { places, calls })
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
          <span className="span-about">{describeCall(node)}</span>
        </summary>
        <pre
          className="plan-operation"
          tabIndex={0}
          role="group"
          aria-label={i18n.t('Operation {number}', { number: index + 1 })}
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
        {i18n.t(
          'This request came to no plan of its own: it was refused before, or asked no service.',
        )}
      </Text>
    )
  }
  return <PlanList nodes={arrangePlan(calls)} />
}
