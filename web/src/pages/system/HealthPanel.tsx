import { Text } from '@mantine/core'
import { config } from '../../config.ts'
import { joinSentences, joinWords } from '../../format/lists.ts'
import { formatRelative } from '../../format/time.ts'
import { i18n } from '../../i18n.ts'
import { useNow } from '../../lists/use-now.ts'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { StateBadge } from './StateBadge.tsx'
import { type Check, useHealth } from './use-health.ts'
import { useSystem } from './use-system.ts'
import {
  breakerName,
  breakerState,
  describePlatform,
  failureKind,
  serviceName,
  statusName,
} from './words.ts'

const good = ['healthy', 'ok', 'up', 'running', 'closed', 'connected', 'ready', 'true']

const isGood = (status: string): boolean => good.includes(status.toLowerCase())

/** The circuit of one router to one copy of a service. */
type Breaker = {
  readonly router: string
  readonly subgraph: string
  readonly copy: string
  readonly state: string
  readonly since: string
  readonly lastFailures: readonly { readonly at: string; readonly kind: string }[]
}

type Breakers = { readonly breakers: readonly Breaker[]; readonly missing: readonly string[] }

const readBreakers = (body: unknown): Breakers => body as Breakers

/** A router that shows breakers only to operators still reports their states in its health. */
function describeBreaker(breakers: readonly Breaker[], nowMs: number): string {
  const { router, copy, state, since, lastFailures } = worstOf(breakers)
  const [last] = lastFailures
  const failure = last
    ? [
        i18n.t('last failure: {failure}, {time}', {
          failure: failureKind(last.kind),
          time: formatRelative(last.at, nowMs),
        }),
      ]
    : []
  const words = { calls: breakerState(state), router, copy, time: formatRelative(since, nowMs) }
  const count = breakers.length
  const calls =
    count > 1
      ? [
          i18n.t('{calls} from {router} to copy {copy}, last change {time}', words),
          i18n.t('the worst of {count} connections', { count }),
        ]
      : [i18n.t('{calls}, last change {time}', words)]
  return [...calls, ...failure].join(' · ')
}

const severity = ['open', 'half-open', 'closed']

const worstOf = (breakers: readonly Breaker[]): Breaker =>
  breakers.toSorted(
    (one, other) => severity.indexOf(one.state) - severity.indexOf(other.state),
  )[0] as Breaker

type CheckProps = { readonly check: Check; readonly breakers: readonly Breaker[] }

/** A service is healthy only if its own check passes and every router calls every copy. */
function CheckBadge({ check: { status }, breakers }: CheckProps) {
  if (!isGood(status) || breakers.length === 0)
    return <StateBadge isFine={isGood(status)} label={statusName(status)} />
  const { state } = worstOf(breakers)
  const isAsked = state === 'closed'
  return <StateBadge isFine={isAsked} label={isAsked ? statusName(status) : breakerName(state)} />
}

function CheckRow({ check, breakers }: CheckProps) {
  const nowMs = useNow()
  const { name, details, breaker } = check
  const reported = breaker === undefined ? [] : [breakerState(breaker)]
  const calls = breakers.length > 0 ? [describeBreaker(breakers, nowMs)] : reported
  const shown = [...details, ...calls]
  return (
    <div className="fact">
      <dt>
        <Text size="sm" fw={580} c="var(--mantine-color-text)" component="span">
          {serviceName(name)}
        </Text>
        {shown.length > 0 && (
          <Text size="xs" c="dimmed">
            {shown.join(' · ')}
          </Text>
        )}
      </dt>
      <dd style={{ flex: 'none' }}>
        <CheckBadge check={check} breakers={breakers} />
      </dd>
    </div>
  )
}

/** The health of every service, and whether the router calls it. */
export function HealthPanel() {
  const reading = useHealth()
  const breakers = useSystem('/system/breakers', readBreakers, config.healthEveryMs)
  const breakersOf = (name: string) =>
    breakers.data?.breakers.filter(({ subgraph }) => subgraph === name) ?? []
  const missing = breakers.data?.missing ?? []
  const status = reading.data?.status ?? ''
  const platform = reading.data && describePlatform(status)
  return (
    <ReadingPanel
      title={i18n.t('Services')}
      reading={reading}
      select={(health) => health}
      skeletonRows={8}
      height={{ base: 444, sm: 360 }}
      action={platform && <StateBadge isFine={isGood(status)} label={platform.label} />}
    >
      {({ checks }) => (
        <>
          {platform && platform.faults.length > 0 && (
            <Text size="xs" className="quiet-failure" role="status">
              {joinSentences(platform.faults)}
            </Text>
          )}
          <dl style={{ margin: 0 }}>
            {checks.map((check) => (
              <CheckRow key={check.name} check={check} breakers={breakersOf(check.name)} />
            ))}
          </dl>
          {missing.length > 0 && (
            <Text size="xs" className="quiet-failure" role="status">
              {i18n.t('No answer from: {names}.', { names: joinWords(missing) })}
            </Text>
          )}
        </>
      )}
    </ReadingPanel>
  )
}
