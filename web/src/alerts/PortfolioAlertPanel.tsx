import { Button, Group, Stack, Text } from '@mantine/core'
import { useCommand } from '../api/command.ts'
import { useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import { formatDateTime } from '../format/time.ts'
import { PortfolioAlertsDocument, PortfolioCancelAlertDocument } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { maskAmounts, useHiddenAmounts } from '../ui/amounts.tsx'
import { leaveRow, steady } from '../ui/focus.tsx'
import { notifyDone, notifyFailure } from '../ui/notify.ts'
import { ReadingPanel } from '../ui/Panel.tsx'
import { repeatWords, wishWords } from './alert-draft.ts'
import { inPrices, type PortfolioAlert } from './portfolio-draft.ts'
import { PortfolioAlertForm } from './PortfolioAlertForm.tsx'

/** What it waits for and what it does after; amounts are masked while they are hidden. */
function useWords(alert: PortfolioAlert) {
  const areHidden = useHiddenAmounts()
  const shown = (text: string) => (areHidden ? maskAmounts(text) : text)
  const repeating = repeatWords({ ...alert, rearmPrice: alert.rearmValue })
  return {
    wish: shown(wishWords(inPrices(alert))),
    repeating: repeating === null ? null : shown(repeating),
  }
}

function CancelButton({ id, wish }: { readonly id: string; readonly wish: string }) {
  const { run, isRunning } = useCommand(PortfolioCancelAlertDocument)
  const cancel = async (button: HTMLElement) => {
    const leave = leaveRow(button)
    const { failure } = await run({ id })
    if (failure) {
      notifyFailure(failure)
      return
    }
    notifyDone(i18n.t('Portfolio alert cancelled'))
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
      <span className="visually-hidden">{i18n.t(': alert, {wish}', { wish })}</span>
    </Button>
  )
}

function ActiveAlert({ alert }: { readonly alert: PortfolioAlert }) {
  const { wish, repeating } = useWords(alert)
  return (
    <Group component="li" justify="space-between" wrap="nowrap">
      <div>
        <Text size="sm" fw={550}>
          {wish}
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
      <CancelButton id={alert.id} wish={wish} />
    </Group>
  )
}

function ActiveAlerts({ alerts }: { readonly alerts: readonly PortfolioAlert[] }) {
  if (alerts.length === 0) {
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
      aria-label={i18n.t('Portfolio alerts')}
      style={{ listStyle: 'none' }}
    >
      {alerts.map((alert) => (
        <ActiveAlert key={alert.id} alert={alert} />
      ))}
    </Stack>
  )
}

/** Alerts on the value of the portfolio. What has fired is in the list of notifications. */
export function PortfolioAlertPanel() {
  const reading = useReading(PortfolioAlertsDocument, {}, { everyMs: config.newsEveryMs })
  return (
    <ReadingPanel
      title={i18n.t('Portfolio alerts')}
      reading={reading}
      height={{ base: 374, sm: 374, md: 233 }}
      select={({ me }) => me?.portfolioAlerts?.filter(({ status }) => status === 'ACTIVE')}
    >
      {(alerts) => (
        <Stack gap="lg">
          <ActiveAlerts alerts={alerts} />
          <PortfolioAlertForm waiting={alerts.length} />
        </Stack>
      )}
    </ReadingPanel>
  )
}
