import { Text } from '@mantine/core'
import { config } from '../../config.ts'
import { formatRelative } from '../../format/time.ts'
import { useNow } from '../../lists/use-now.ts'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { StateBadge } from './StateBadge.tsx'
import { type Check, useHealth } from './use-health.ts'
import { useSystem } from './use-system.ts'

const good = ['healthy', 'ok', 'up', 'running', 'closed', 'connected', 'ready', 'true']

const isGood = (status: string): boolean => good.includes(status.toLowerCase())

type Breaker = {
  readonly subgraph: string
  readonly state: string
  readonly since: string
  readonly lastFailures: readonly { readonly at: string; readonly kind: string }[]
}

type Breakers = { readonly breakers: readonly Breaker[] }

const readBreakers = (body: unknown): Breakers => body as Breakers

/** A router that shows breakers only to operators still reports their states in its health. */
function describeBreaker({ state, since, lastFailures }: Breaker, nowMs: number): string {
  const [last] = lastFailures
  const failure = last ? `, last failure (${last.kind}) ${formatRelative(last.at, nowMs)}` : ''
  return `breaker ${state} since ${formatRelative(since, nowMs)}${failure}`
}

/** A service is healthy only if its own check passes and the router calls it. */
function CheckBadge({ status, breaker }: { status: string; breaker: Breaker | undefined }) {
  if (!isGood(status) || !breaker) return <StateBadge isFine={isGood(status)} label={status} />
  const isAsked = breaker.state === 'closed'
  return <StateBadge isFine={isAsked} label={isAsked ? status : `breaker ${breaker.state}`} />
}

function CheckRow({ check, breaker }: { check: Check; breaker: Breaker | undefined }) {
  const nowMs = useNow()
  const { name, status, details } = check
  const shown = breaker
    ? [
        ...details.filter((detail) => !detail.startsWith('breaker:')),
        describeBreaker(breaker, nowMs),
      ]
    : details
  return (
    <div className="fact">
      <dt>
        <Text size="sm" fw={580} c="var(--mantine-color-text)" component="span">
          {name}
        </Text>
        {shown.length > 0 && (
          <Text size="xs" c="dimmed">
            {shown.join(' · ')}
          </Text>
        )}
      </dt>
      <dd style={{ flex: 'none' }}>
        <CheckBadge status={status} breaker={breaker} />
      </dd>
    </div>
  )
}

/** The health of every service, and whether the router calls it. */
export function HealthPanel() {
  const reading = useHealth()
  const breakers = useSystem('/system/breakers', readBreakers, config.healthEveryMs)
  const breakerOf = (name: string) =>
    breakers.data?.breakers.find(({ subgraph }) => subgraph === name)
  return (
    <ReadingPanel
      title="Services"
      reading={reading}
      select={(health) => health}
      skeletonRows={8}
      height={{ base: 360, sm: 276 }}
      action={
        reading.data && (
          <StateBadge isFine={isGood(reading.data.status)} label={reading.data.status} />
        )
      }
    >
      {({ checks }) => (
        <dl style={{ margin: 0 }}>
          {checks.map((check) => (
            <CheckRow key={check.name} check={check} breaker={breakerOf(check.name)} />
          ))}
        </dl>
      )}
    </ReadingPanel>
  )
}
