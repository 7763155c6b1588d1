import { Stack, Switch } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../../api/command.ts'
import { useReading } from '../../api/reading.ts'
import {
  AccountChooseNotificationChannelsDocument,
  AccountNotificationChoicesDocument,
  type AccountNotificationChoicesQuery,
  type NotificationKind,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { notifyFailure } from '../../ui/notify.ts'
import { ReadingPanel } from '../../ui/Panel.tsx'

type Me = NonNullable<AccountNotificationChoicesQuery['me']>
type Choice = NonNullable<Me['notificationChoices']>[number]

const kindNames: Readonly<Record<NotificationKind, string>> = {
  PRICE_ALERT: i18n.t('A price alert fires'),
  PRICE_ALERT_ENDED: i18n.t('A price alert expires, or its asset is delisted'),
  PORTFOLIO_ALERT: i18n.t('My portfolio reaches a value'),
  PORTFOLIO_ALERT_ENDED: i18n.t('An alert on my portfolio expires'),
  ORDER_FILLED: i18n.t('An order that waited fills'),
  ORDER_TRIGGERED: i18n.t('A stop order is triggered'),
  ORDER_EXPIRED: i18n.t('An order expires'),
  ORDER_CANCELLED: i18n.t('The platform cancels an order'),
  ORDER_FAILED: i18n.t('A triggered order cannot fill'),
  RECURRING_ORDER_BOUGHT: i18n.t('A recurring order buys'),
  RECURRING_ORDER_SKIPPED: i18n.t('A recurring order buys nothing on a date'),
}

function ChoiceSwitch({ choice: { kind, channels } }: { choice: Choice }) {
  const { run, isRunning } = useCommand(AccountChooseNotificationChannelsDocument)
  const [wanted, setWanted] = useState(false)
  const choose = async (isOn: boolean) => {
    setWanted(isOn)
    const { failure } = await run({ input: { kind, channels: isOn ? ['BELL'] : [] } })
    if (failure) notifyFailure(failure)
  }
  return (
    <Switch
      label={kindNames[kind]}
      // It moves at once, and back where the choice is refused.
      checked={isRunning ? wanted : channels.includes('BELL')}
      aria-busy={isRunning}
      onChange={({ currentTarget: { checked } }) => {
        if (!isRunning) void choose(checked)
      }}
    />
  )
}

/** Which kinds of notification the bell shows. */
export function NotificationChoices() {
  const reading = useReading(AccountNotificationChoicesDocument, {})
  return (
    <div id="notifications">
      <ReadingPanel
        title={i18n.t('Notify me when')}
        reading={reading}
        select={({ me }) => me?.notificationChoices}
        skeletonRows={11}
      >
        {(choices) => (
          <Stack gap="sm">
            {choices.map((choice) => (
              <ChoiceSwitch key={choice.kind} choice={choice} />
            ))}
          </Stack>
        )}
      </ReadingPanel>
    </div>
  )
}
