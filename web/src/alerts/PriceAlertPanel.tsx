import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useCommand } from '../api/command.ts'
import { useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import { formatAwaitedPrice } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import {
  AssetCancelPriceAlertDocument,
  type AssetFactsQuery,
  AssetPriceAlertsDocument,
  type AssetPriceAlertsQuery,
} from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { leaveRow, steady } from '../ui/focus.tsx'
import { notifyDone, notifyFailure } from '../ui/notify.ts'
import { ReadingPanel } from '../ui/Panel.tsx'
import { repeatWords, wishWords } from './alert-draft.ts'
import { PriceAlertForm } from './PriceAlertForm.tsx'

export type Alert = NonNullable<NonNullable<AssetPriceAlertsQuery['me']>['priceAlerts']>[number]

/** The maximum number of past alerts that are shown. */
const mostPast = 3

/** Cancels a waiting alert. */
export function CancelAlertButton({ alert, name }: { alert: Alert; name?: string }) {
  const { run, isRunning } = useCommand(AssetCancelPriceAlertDocument)
  const cancel = async (button: HTMLElement) => {
    const leave = leaveRow(button)
    const { failure } = await run({ id: alert.id })
    if (failure) {
      notifyFailure(failure)
      return
    }
    notifyDone(i18n.t('Price alert cancelled'))
    leave()
  }
  return (
    <Button
      size="xs"
      variant="default"
      loading={isRunning}
      renderRoot={steady}
      onClick={(event) => void cancel(event.currentTarget)}
    >
      {i18n.t('Cancel')}
      <span className="visually-hidden">
        {name === undefined
          ? i18n.t(': alert, {wish}', { wish: wishWords(alert) })
          : i18n.t(': alert, {asset} {wish}', { asset: name, wish: wishWords(alert) })}
      </span>
    </Button>
  )
}

function WaitingAlert({ alert }: { alert: Alert }) {
  const repeating = repeatWords(alert)
  return (
    <Group component="li" justify="space-between" wrap="nowrap">
      <div>
        <Text size="sm" fw={550}>
          {wishWords(alert)}
        </Text>
        {repeating && (
          <Text size="xs" c="dimmed">
            {repeating}
          </Text>
        )}
        {alert.expiresAt && (
          <Text size="xs" c="dimmed">
            {i18n.t('Until {time}', { time: formatDateTime(alert.expiresAt) })}
          </Text>
        )}
      </div>
      <CancelAlertButton alert={alert} />
    </Group>
  )
}

function PastAlert({ alert }: { alert: Alert }) {
  const at = alert.status === 'EXPIRED' ? alert.expiresAt : alert.firedAt
  return (
    <Group component="li" justify="space-between" wrap="nowrap">
      <div>
        <Text size="sm">{wishWords(alert)}</Text>
        {at && (
          <Text size="xs" c="dimmed">
            {alert.firedPrice
              ? i18n.t('{time} at {price}', {
                  time: formatDateTime(at),
                  price: formatAwaitedPrice(alert.firedPrice, alert.changeBasisPoints !== null),
                })
              : formatDateTime(at)}
          </Text>
        )}
      </div>
      {alert.status === 'FIRED' ? (
        <Badge variant="light" color="gain">
          {i18n.t('Fired')}
        </Badge>
      ) : (
        <Badge variant="light" color="gray">
          {i18n.t('Expired')}
        </Badge>
      )}
    </Group>
  )
}

function AlertList({ alerts }: { alerts: readonly Alert[] }) {
  const waiting = alerts.filter(({ status }) => status === 'ACTIVE')
  const past = alerts
    .filter(({ status }) => status === 'FIRED' || status === 'EXPIRED')
    .slice(0, mostPast)
  if (waiting.length + past.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {i18n.t('No alert is set. An alert notifies you on any page.')}
      </Text>
    )
  }
  return (
    <Stack
      component="ul"
      gap={10}
      m={0}
      p={0}
      aria-label={i18n.t('Price alerts')}
      style={{ listStyle: 'none' }}
    >
      {waiting.map((alert) => (
        <WaitingAlert key={alert.id} alert={alert} />
      ))}
      {past.map((alert) => (
        <PastAlert key={alert.id} alert={alert} />
      ))}
    </Stack>
  )
}

/** Alerts on the price of this asset. */
export function PriceAlertPanel({ asset }: { asset: AssetFactsQuery['asset'] }) {
  const reading = useReading(AssetPriceAlertsDocument, {}, { everyMs: config.newsEveryMs })
  return (
    <ReadingPanel
      title={i18n.t('Price alerts')}
      reading={reading}
      select={({ me }) => me?.priceAlerts}
    >
      {(alerts) => (
        <Stack gap="md">
          <AlertList alerts={alerts.filter((alert) => alert.asset.id === asset.id)} />
          {asset.isActive && (
            <PriceAlertForm
              assetId={asset.id}
              quote={asset.quote}
              waiting={alerts.filter(({ status }) => status === 'ACTIVE').length}
            />
          )}
        </Stack>
      )}
    </ReadingPanel>
  )
}
