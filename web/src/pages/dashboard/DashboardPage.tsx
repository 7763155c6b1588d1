import { Button, Grid, Group, Skeleton, Text } from '@mantine/core'
import { IconArrowsExchange, IconPlus, IconChartDonut } from '@tabler/icons-react'
import { Link } from 'react-router'
import { type Reading, useReading } from '../../api/reading.ts'
import { useUsername } from '../../api/SessionProvider.tsx'
import { signOf } from '../../format/money.ts'
import {
  type ActivityKind,
  DashboardActivityDocument,
  type DashboardActivityQuery,
  DashboardOpenOrdersDocument,
  type DashboardOpenOrdersQuery,
  DashboardWatchlistDocument,
  type DashboardWatchlistQuery,
} from '../../generated/graphql.ts'
import { paths } from '../../paths.ts'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { PocketIcon } from '../../ui/PocketIcon.tsx'
import type { OwnedPortfolio } from '../../values/values.ts'
import { useOwned, useValues, ValuesProvider } from '../../values/ValuesProvider.tsx'
import { CashPanel, ValuePanel } from './BalancePanels.tsx'
import { EquityPanel } from './EquityPanel.tsx'
import { HoldingsPanel } from './HoldingsPanel.tsx'
import type { Progress } from './FirstSteps.tsx'
import { InsightPanel } from './InsightPanel.tsx'
import { OpenOrdersPanel, RecentActivityPanel } from './MovementPanels.tsx'
import { WatchlistPanel } from './WatchlistPanel.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { LazyAllocationChart } from '../../ui/LazyAllocationChart.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { Suspense, useDeferredValue, useState } from 'react'
import { lazily } from '../../api/lazily.ts'
import { config } from '../../config.ts'
import { i18n } from '../../i18n.ts'

/** What movements an account has before its first trade. */
const beforeTrading: ReadonlySet<ActivityKind> = new Set(['DEPOSIT', 'WITHDRAWAL', 'RED_POCKET'])

const ordersOf = ({ data }: Reading<DashboardOpenOrdersQuery>) =>
  data?.me?.portfolio.openOrders?.nodes
const entriesOf = ({ data }: Reading<DashboardActivityQuery>) => data?.me?.portfolio.activity.nodes
const watchedOf = ({ data }: Reading<DashboardWatchlistQuery>) => data?.me?.watchlist

/** How far a new account has come; undefined for one that has traded lately or owns something, and while that is unknown. */
function readProgress(owned: OwnedPortfolio | undefined, lists: Lists): Progress | undefined {
  const open = ordersOf(lists.orders)
  const entries = entriesOf(lists.activity)
  const watched = watchedOf(lists.watchlist)
  if (!owned || !open || !entries || !watched) return undefined
  const trades = entries.filter(({ kind }) => !beforeTrading.has(kind))
  const isNew = open.length + trades.length + owned.holdings.length === 0
  if (!isNew) return undefined
  return { hasCash: signOf(owned.cash.posted) > 0, watches: watched.length > 0 }
}

/** A list has a query of its own, so that a service that is down affects its panel only. */
function useLists() {
  const everyMs = config.valuesEveryMs
  return {
    orders: useReading(DashboardOpenOrdersDocument, {}, { everyMs }),
    activity: useReading(DashboardActivityDocument, {}, { everyMs }),
    watchlist: useReading(DashboardWatchlistDocument, {}),
  }
}

type Lists = ReturnType<typeof useLists>

type FurtherProps = { readonly lists: Lists; readonly progress: Progress | undefined }

/** Those below the first screen. */
function FurtherPanels({ lists, progress }: FurtherProps) {
  return (
    <>
      {!progress && (
        <>
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <HoldingsPanel />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <RecentActivityPanel reading={lists.activity} />
          </Grid.Col>
          <Grid.Col span={12}>
            <Suspense fallback={<Skeleton height={328} />}>
              <MoversPanel />
            </Suspense>
          </Grid.Col>
        </>
      )}
      {progress?.watches !== false && (
        <Grid.Col span={12}>
          <WatchlistPanel reading={lists.watchlist} />
        </Grid.Col>
      )}
      {!progress && (
        <Grid.Col span={12}>
          <OpenOrdersPanel reading={lists.orders} />
        </Grid.Col>
      )}
      <Grid.Col span={12}>
        <RedPocketFooter />
      </Grid.Col>
    </>
  )
}

function Panels() {
  const lists = useLists()
  const progress = readProgress(useOwned(), lists)
  // What is further down is rendered after what is seen first.
  const isFurther = useDeferredValue(true, false)
  return (
    <Grid gap="md" align="stretch">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <ValuePanel />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <CashPanel />
      </Grid.Col>
      {progress ? (
        <>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <Suspense fallback={<Skeleton height={360} />}>
              <FirstSteps {...progress} />
            </Suspense>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <Suspense fallback={<Skeleton height={328} />}>
              <MoversPanel />
            </Suspense>
          </Grid.Col>
          {progress.hasCash && (
            <Grid.Col span={12}>
              <RecentActivityPanel reading={lists.activity} />
            </Grid.Col>
          )}
        </>
      ) : (
        <>
          <Grid.Col span={12}>
            <EquityPanel />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <InsightPanel />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <AllocationPanel />
          </Grid.Col>
        </>
      )}
      {isFurther && <FurtherPanels lists={lists} progress={progress} />}
    </Grid>
  )
}

/**
 * Portfolio and values are read once for all panels that show them. Every other panel has a separate query, so that a
 * service that is down affects one panel only.
 */
export function DashboardPage() {
  return (
    <ValuesProvider>
      <PageHeading
        title={i18n.t('Dashboard')}
        hint={<Greeting />}
        action={
          <Group gap={8}>
            <Button
              component={Link}
              to={paths.deposit}
              variant="default"
              leftSection={<IconPlus size={16} />}
            >
              {i18n.t('Deposit')}
            </Button>
            <Button
              component={Link}
              to={paths.trade}
              leftSection={<IconArrowsExchange size={16} />}
            >
              {i18n.t('Trade')}
            </Button>
          </Group>
        }
      />
      <Panels />
    </ValuesProvider>
  )
}

/** The name is the one that the user has entered, which comes with the activity; its line is there before it. */
function Greeting() {
  const username = useUsername()
  const { data, failure } = useReading(DashboardActivityDocument, {})
  if (data?.me?.isGuest) return i18n.t('Demo account')
  const name = data?.me?.firstName.trim() || (failure || data ? username : undefined)
  return name === undefined ? <>&nbsp;</> : i18n.t('Welcome, {name}.', { name })
}

function AllocationPanel() {
  const { reading } = useValues()
  return (
    <ReadingPanel
      title={i18n.t('Allocation')}
      reading={reading}
      select={({ slices }) => slices}
      skeletonRows={5}
    >
      {(slices) =>
        slices.length > 0 ? (
          <LazyAllocationChart slices={slices} />
        ) : (
          <EmptyState icon={IconChartDonut} title={i18n.t('Nothing to divide yet')}>
            {i18n.t('Deposit cash and buy an asset to see how your money is spread.')}
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}

/** Not part of the first screen, or only of a new account's. */
const MoversPanel = lazily(async () => (await import('./MoversPanel.tsx')).MoversPanel)
const FirstSteps = lazily(async () => (await import('./FirstSteps.tsx')).FirstSteps)

const RedPocketModal = lazily(async () => (await import('./RedPocketModal.tsx')).RedPocketModal)

/** The dashboard's footer with its red pocket. */
function RedPocketFooter() {
  const [opening, setOpening] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const open = () => {
    setOpening(opening + 1)
    setOpen(true)
  }
  return (
    <Group component="footer" justify="space-between" mt="xl" pt="sm">
      <Text size="xs" c="dimmed">
        {i18n.t('{name} · prices and money are simulated', { name: config.productName })}
      </Text>
      <button type="button" className="red-button" aria-label={i18n.t('Red pocket')} onClick={open}>
        <PocketIcon />
        <span className="red-tip" aria-hidden="true">
          恭喜发财
        </span>
      </button>
      {opening > 0 && (
        <Suspense>
          <RedPocketModal key={opening} isOpen={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Group>
  )
}
