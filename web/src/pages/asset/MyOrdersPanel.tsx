import { IconListDetails } from '@tabler/icons-react'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { AssetMyOrdersDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { allOrderColumns } from '../../lists/order-columns.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { GridTable } from '../../ui/GridTable.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

/** The user's orders of this asset. They come from the order service, so they are available without the market. */
export function MyOrdersPanel({ id }: { id: string }) {
  const reading = useReading(AssetMyOrdersDocument, { id }, { everyMs: config.valuesEveryMs })
  return (
    <ReadingPanel
      title={i18n.t('My {asset} orders', { asset: id })}
      isFlush
      height={{ base: 400, sm: 300 }}
      reading={reading}
      select={({ me }) => me?.orders}
    >
      {({ nodes }) =>
        nodes.length > 0 ? (
          <GridTable
            label={i18n.t('My {asset} orders', { asset: id })}
            columns={allOrderColumns}
            rows={nodes}
            rowKey={(order) => order.id}
          />
        ) : (
          <EmptyState
            icon={IconListDetails}
            title={i18n.t('You have not traded {asset} yet', { asset: id })}
          />
        )
      }
    </ReadingPanel>
  )
}
