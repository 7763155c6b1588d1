import { Trans } from '@lingui/react'
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconRepeat } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useCommand } from '../../../api/command.ts'
import { useReading } from '../../../api/reading.ts'
import { serverWords } from '../../../api/server-words.ts'
import { config } from '../../../config.ts'
import { formatMoney } from '../../../format/money.ts'
import { formatCalendarDay, formatZonedDateTime } from '../../../format/time.ts'
import {
  OrdersDeleteRecurringDocument,
  OrdersPauseRecurringDocument,
  OrdersRecurringDocument,
  type OrdersRecurringOrderFragment,
  OrdersResumeRecurringDocument,
} from '../../../generated/graphql.ts'
import { i18n } from '../../../i18n.ts'
import { paths } from '../../../paths.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { leaveRow, steady } from '../../../ui/focus.tsx'
import { notifyDone, notifyFailure } from '../../../ui/notify.ts'
import { ReadingPanel } from '../../../ui/Panel.tsx'
import { RecurringForm } from './RecurringForm.tsx'
import { scheduleWords } from './schedule.ts'

type Recurring = OrdersRecurringOrderFragment
type Run = Recurring['runs'][number]

/** How many of the latest runs are shown. */
const mostShown = 3

const outcomeWords: Readonly<Record<Run['outcome'], string>> = {
  BOUGHT: i18n.t('bought'),
  SKIPPED: i18n.t('skipped'),
  MISSED: i18n.t('missed'),
}

const titleOf = ({ amount, assetId }: Recurring): string =>
  i18n.t('{amount} of {asset}', { amount: formatMoney(amount), asset: assetId })

function RunLine({ run: { date, outcome, orderId, reason } }: { readonly run: Run }) {
  const words = outcomeWords[outcome]
  const what = orderId ? <Link to={paths.order(orderId)}>{words}</Link> : <>{words}</>
  const day = formatCalendarDay(date)
  return (
    <Text size="xs" c="dimmed">
      {reason ? (
        <Trans
          id="{day}: <0/>. {reason}"
          values={{ day, reason: serverWords(reason) }}
          components={{ 0: what }}
        />
      ) : (
        <Trans id="{day}: <0/>" values={{ day }} components={{ 0: what }} />
      )}
    </Text>
  )
}

/** Pauses or resumes, and deletes after a question. */
function Actions({ order }: { readonly order: Recurring }) {
  const [isAsking, setAsking] = useState(false)
  const isActive = order.status === 'ACTIVE'
  const pausing = useCommand(OrdersPauseRecurringDocument)
  const resuming = useCommand(OrdersResumeRecurringDocument)
  const change = isActive ? pausing : resuming
  const deletion = useCommand(OrdersDeleteRecurringDocument)
  const suffix = <span className="visually-hidden">: {titleOf(order)}</span>
  const toggle = async () => {
    const { failure } = await change.run({ id: order.id })
    if (failure) notifyFailure(failure)
    else notifyDone(isActive ? i18n.t('Recurring order paused') : i18n.t('Recurring order resumed'))
  }
  const remove = async (button: HTMLElement) => {
    const leave = leaveRow(button)
    const { failure } = await deletion.run({ id: order.id })
    if (failure) {
      notifyFailure(failure)
      return
    }
    notifyDone(i18n.t('Recurring order deleted'), i18n.t('The orders that it has placed stay.'))
    leave()
  }
  if (isAsking) {
    return (
      <Group gap={6} wrap="nowrap">
        <Button
          size="xs"
          color="loss.7"
          loading={deletion.isRunning}
          renderRoot={steady}
          onClick={(event) => void remove(event.currentTarget)}
        >
          {i18n.t('Delete now')}
          {suffix}
        </Button>
        <Button size="xs" variant="default" autoFocus onClick={() => setAsking(false)}>
          {i18n.t('Keep')}
          {suffix}
        </Button>
      </Group>
    )
  }
  return (
    <Group gap={6} wrap="nowrap">
      <Button
        size="xs"
        variant="default"
        loading={change.isRunning}
        renderRoot={steady}
        onClick={() => void toggle()}
      >
        {isActive ? i18n.t('Pause') : i18n.t('Resume')}
        {suffix}
      </Button>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {i18n.t('Delete')}
        {suffix}
      </Button>
    </Group>
  )
}

function RecurringRow({ order }: { readonly order: Recurring }) {
  return (
    <Group component="li" justify="space-between" align="start" gap="sm">
      <div>
        <Group gap={8}>
          <Text size="sm" fw={550}>
            {titleOf(order)}
          </Text>
          {order.status === 'PAUSED' && <Badge variant="light">{i18n.t('Paused')}</Badge>}
        </Group>
        <Text size="sm">{scheduleWords(order)}</Text>
        {order.nextAt && (
          <Text size="xs" c="dimmed">
            {i18n.t('Next: {time}', { time: formatZonedDateTime(order.nextAt) })}
          </Text>
        )}
        {order.runs.slice(0, mostShown).map((run) => (
          <RunLine key={run.date} run={run} />
        ))}
      </div>
      <Actions order={order} />
    </Group>
  )
}

function RecurringList({ orders }: { readonly orders: readonly Recurring[] }) {
  return (
    <Stack
      component="ul"
      gap={14}
      m={0}
      p={0}
      aria-label={i18n.t('Recurring orders')}
      style={{ listStyle: 'none' }}
    >
      {orders.map((order) => (
        <RecurringRow key={order.id} order={order} />
      ))}
    </Stack>
  )
}

/** The recurring orders of the user, and the form of a new one. */
export function RecurringPanel() {
  const [isOpen, setOpen] = useState(false)
  const reading = useReading(OrdersRecurringDocument, {}, { everyMs: config.newsEveryMs })
  return (
    <ReadingPanel
      title={i18n.t('Recurring orders')}
      reading={reading}
      select={({ me }) => me?.recurringOrders}
      action={
        <Button size="xs" variant="light" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {i18n.t('New recurring order')}
        </Button>
      }
    >
      {(orders) => (
        <Stack gap="lg">
          {isOpen && (
            <RecurringForm onCreated={() => setOpen(false)} onClose={() => setOpen(false)} />
          )}
          {orders.length > 0 ? (
            <RecurringList orders={orders} />
          ) : (
            !isOpen && (
              <EmptyState icon={IconRepeat} title={i18n.t('Nothing is bought on a schedule')}>
                {i18n.t(
                  'A recurring order buys an asset for the same amount every day, week or month.',
                )}
              </EmptyState>
            )
          )}
        </Stack>
      )}
    </ReadingPanel>
  )
}
