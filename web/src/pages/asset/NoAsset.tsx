import { Grid, Stack } from '@mantine/core'
import { type Failure, isNoSuchAsset } from '../../api/errors.ts'
import { useReading } from '../../api/reading.ts'
import { useUsername } from '../../api/SessionProvider.tsx'
import { formatMoney, formatQuantity } from '../../format/money.ts'
import { TicketBalancesDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { isTicker, paths } from '../../paths.ts'
import { BackLink } from '../../ui/BackLink.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { Panel, PanelSkeleton, ReadingPanel } from '../../ui/Panel.tsx'
import { MyOrdersPanel } from './MyOrdersPanel.tsx'
import { TicketPanel } from './TicketPanel.tsx'

export function MarketLink() {
  return <BackLink to={paths.market}>{i18n.t('← Market')}</BackLink>
}

export function UnknownAsset({ id }: { id: string }) {
  const hint = isTicker(id)
    ? i18n.t('Nothing in the market is called {asset}.', { asset: id })
    : i18n.t('The name of an asset in an address has 1 to 10 letters or digits.')
  return (
    <>
      <MarketLink />
      <PageHeading title={i18n.t('No such asset')} hint={hint} />
    </>
  )
}

type OutageProps = {
  readonly id: string
  readonly failure: Failure
  readonly retry: () => void
}

/** Shown during an outage of the market: the data of other services, and the rest after it recovers. */
function AssetOutage({ id, failure, retry }: OutageProps) {
  const isSignedIn = useUsername() !== ''
  return (
    <>
      <MarketLink />
      <PageHeading
        title={id}
        hint={i18n.t(
          'The market does not answer at the moment, so there is no price. What you hold and what you ordered is shown below.',
        )}
      />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <Panel title={i18n.t('Price and facts')}>
              <FailureNotice failure={failure} onRetry={retry} />
            </Panel>
            {isSignedIn && <MyOrdersPanel id={id} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          {isSignedIn ? <MyHoldingPanel id={id} /> : <TicketPanel id={id} isSignedIn={false} />}
        </Grid.Col>
      </Grid>
    </>
  )
}

/** The user's holding and cash, from the ledger only. */
function MyHoldingPanel({ id }: { id: string }) {
  const reading = useReading(TicketBalancesDocument, { id })
  return (
    <ReadingPanel
      title={i18n.t('My {asset}', { asset: id })}
      reading={reading}
      select={({ me }) => me?.portfolio}
    >
      {({ cash, holding }) => (
        <Facts
          facts={[
            [
              i18n.t('Held (owned)', undefined, { message: 'Held' }),
              holding ? `${formatQuantity(holding.quantity)} ${id}` : i18n.t('none'),
            ],
            [i18n.t('Available to sell'), `${formatQuantity(holding?.available ?? '0')} ${id}`],
            [i18n.t('Available cash'), formatMoney(cash.available)],
          ]}
        />
      )}
    </ReadingPanel>
  )
}

/** Shown on an asset's page without an asset: it is loading, unknown, or unavailable at present. */
export function NoAsset({
  id,
  failure,
  retry,
}: Omit<OutageProps, 'failure'> & { readonly failure: Failure | undefined }) {
  if (!failure) return <PanelSkeleton rows={8} />
  if (isNoSuchAsset(failure)) return <UnknownAsset id={id} />
  return <AssetOutage id={id} failure={failure} retry={retry} />
}
