import { Button } from '@mantine/core'
import { IconClockHour4, IconReceipt } from '@tabler/icons-react'
import { Link } from 'react-router'
import type { Reading } from '../../api/reading.ts'
import type { DashboardActivityQuery, DashboardOpenOrdersQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { ActivityList } from '../../lists/ActivityList.tsx'
import { MoreOpenOrders, openOrderColumns } from '../../lists/order-columns.tsx'
import { useNow } from '../../lists/use-now.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { GridTable } from '../../ui/GridTable.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

export function OpenOrdersPanel({ reading }: { reading: Reading<DashboardOpenOrdersQuery> }) {
  return (
    <ReadingPanel
      title={i18n.t('Open orders')}
      isFlush
      reading={reading}
      select={({ me }) => me?.portfolio.openOrders}
      action={
        <Button component={Link} to={paths.orders} variant="subtle" size="compact-sm">
          {i18n.t('All orders')}
        </Button>
      }
    >
      {({ nodes, pageInfo }) =>
        nodes.length > 0 ? (
          <>
            <GridTable
              label={i18n.t('Open orders')}
              columns={openOrderColumns}
              rows={nodes}
              rowKey={({ id }) => id}
            />
            {pageInfo.hasNextPage && <MoreOpenOrders shown={nodes.length} />}
          </>
        ) : (
          <EmptyState icon={IconClockHour4} title={i18n.t('No order is waiting')}>
            {i18n.t('A limit order waits here until the market reaches its price.')}
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}

export function RecentActivityPanel({ reading }: { reading: Reading<DashboardActivityQuery> }) {
  const nowMs = useNow()
  return (
    <ReadingPanel
      title={i18n.t('Recent activity')}
      className="recent-activity"
      reading={reading}
      skeletonRows={5}
      select={({ me }) => me?.portfolio.activity}
      action={
        <Button component={Link} to={paths.activity} variant="subtle" size="compact-sm">
          {i18n.t('All activity')}
        </Button>
      }
    >
      {({ nodes }) =>
        nodes.length > 0 ? (
          <ActivityList entries={nodes} nowMs={nowMs} />
        ) : (
          <EmptyState
            icon={IconReceipt}
            title={i18n.t('Nothing has happened yet')}
            action={
              <Button component={Link} to={paths.deposit} variant="light">
                {i18n.t('Make a deposit')}
              </Button>
            }
          >
            {i18n.t('Deposits, trades and everything else that moves your money is listed here.')}
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}
