import { Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { Link } from 'react-router'
import { repeatWords, wishWords } from '../../alerts/alert-draft.ts'
import { PriceAlertForm } from '../../alerts/PriceAlertForm.tsx'
import { type Alert, CancelAlertButton } from '../../alerts/PriceAlertPanel.tsx'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { formatDateTime } from '../../format/time.ts'
import { type AssetFactsQuery, AssetPriceAlertsDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

function waitWords(alert: Alert) {
  const repeating = repeatWords(alert)
  return (
    <>
      {wishWords(alert)}
      {repeating && (
        <Text size="xs" c="dimmed">
          {repeating}
        </Text>
      )}
    </>
  )
}

const columns: readonly Column<Alert>[] = [
  {
    header: i18n.t('Asset'),
    isTitle: true,
    place: 'title',
    cell: ({ asset: { id } }) => (
      <Link to={paths.tradeAsset(id)} className="plain-link">
        <span className="link-text">{id}</span>
      </Link>
    ),
  },
  {
    header: i18n.t('Waits for (alert)', undefined, { message: 'Waits for' }),
    place: 'value',
    cell: waitWords,
  },
  {
    header: i18n.t('Ends'),
    place: 'note',
    cell: ({ expiresAt }) => (
      <span className="numeric flat">
        <span className="word-in-two-lines">{i18n.t('Ends')} </span>
        {expiresAt ? formatDateTime(expiresAt) : i18n.t('when you cancel it')}
      </span>
    ),
  },
  {
    header: i18n.t('Action'),
    place: 'action',
    isRight: true,
    cell: (alert) => <CancelAlertButton alert={alert} name={alert.asset.id} />,
  },
]

type AlertsTabProps = {
  readonly assetId: string
  readonly asset: AssetFactsQuery['asset'] | undefined
}

/** The waiting alerts of all assets, and the form for one on the asset in view. */
export function AlertsTab({ assetId, asset }: AlertsTabProps) {
  const reading = useReading(AssetPriceAlertsDocument, {}, { everyMs: config.newsEveryMs })
  return (
    <ReadingPanel
      title={i18n.t('Price alerts')}
      className="bare-panel"
      isFlush
      reading={reading}
      select={({ me }) => me?.priceAlerts}
    >
      {(alerts) => {
        const waiting = alerts.filter(({ status }) => status === 'ACTIVE')
        return (
          <div className="alerts-tab">
            {waiting.length > 0 ? (
              <GridTable
                label={i18n.t('Price alerts')}
                columns={columns}
                rows={waiting}
                rowKey={({ id }) => id}
              />
            ) : (
              <EmptyState icon={IconBell} title={i18n.t('No alert is set')}>
                {i18n.t('An alert notifies you on any page.')}
              </EmptyState>
            )}
            {asset?.isActive && (
              <PriceAlertForm
                key={assetId}
                assetId={assetId}
                quote={asset.quote}
                waiting={waiting.length}
              />
            )}
          </div>
        )
      }}
    </ReadingPanel>
  )
}
