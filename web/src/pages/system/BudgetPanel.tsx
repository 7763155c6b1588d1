import { Progress, Stack, Text } from '@mantine/core'
import { useQuery } from 'urql'
import { config } from '../../config.ts'
import { locale } from '../../format/locale.ts'
import { formatClock } from '../../format/time.ts'
import { SystemMarketDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { useSystem } from './use-system.ts'

type Budget = {
  readonly limit: number
  readonly remaining: number
  /** The time at which the whole budget is available again. */
  readonly resetAt: string
}

/** Every response of the router contains the remaining requests of this address. */
function readRequests(_body: unknown, headers: Headers): Budget {
  const figure = (name: string) => Number(headers.get(name) ?? Number.NaN)
  return {
    limit: figure('x-ratelimit-limit'),
    remaining: figure('x-ratelimit-remaining'),
    resetAt: new Date(figure('x-ratelimit-reset') * 1_000).toISOString(),
  }
}

type Cost = { readonly estimated: number; readonly limit: number; readonly budget?: Budget }

function BudgetBar({ label, budget }: { label: string; budget: Budget }) {
  const { limit, remaining, resetAt } = budget
  const spent = limit - remaining
  return (
    <div>
      <Text size="sm" fw={550}>
        {label}
      </Text>
      <Progress
        value={(spent / limit) * 100}
        my={6}
        aria-label={i18n.t('{budget}: spent', { budget: label })}
      />
      <Text size="xs" c="dimmed" className="numeric">
        {i18n.t('{remaining} of {limit} left until {time}', {
          remaining: remaining.toLocaleString(locale),
          limit: limit.toLocaleString(locale),
          time: formatClock(resetAt),
        })}
      </Text>
    </div>
  )
}

/** Includes the cost, which loads after the requests. */
const height = { base: 180, sm: 163 } as const

/** The caller's remaining budget of this minute: requests of the address, and cost of operations. */
export function BudgetPanel() {
  const reading = useSystem(config.healthUrl, readRequests, config.healthEveryMs)
  const [{ extensions }] = useQuery({
    query: SystemMarketDocument,
    variables: {},
    requestPolicy: 'cache-and-network',
  })
  const cost = extensions?.['cost'] as Cost | undefined
  return (
    <ReadingPanel
      title={i18n.t('Your budget')}
      height={height}
      reading={reading}
      select={(budget) => budget}
    >
      {(requests) => (
        <Stack gap="md" mih={height}>
          <BudgetBar label={i18n.t('Requests this minute')} budget={requests} />
          {cost?.budget && <BudgetBar label={i18n.t('Cost this minute')} budget={cost.budget} />}
          {cost && (
            <Text size="xs" c="dimmed">
              {i18n.t('The market panel’s query costs {cost}; one operation may cost {limit}.', {
                cost: cost.estimated,
                limit: cost.limit.toLocaleString(locale),
              })}
            </Text>
          )}
        </Stack>
      )}
    </ReadingPanel>
  )
}
