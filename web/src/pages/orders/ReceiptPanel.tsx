import { Text } from '@mantine/core'
import { IconReceipt } from '@tabler/icons-react'
import { useReading } from '../../api/reading.ts'
import { signOf } from '../../format/money.ts'
import { formatDateTime } from '../../format/time.ts'
import { OrdersReceiptsDocument, type OrdersReceiptsQuery } from '../../generated/graphql.ts'
import { kindLooks } from '../../lists/ActivityList.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { Money, MoneyChange, QuantityChange } from '../../ui/Money.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

type Entry = NonNullable<OrdersReceiptsQuery['me']>['portfolio']['activity']['nodes'][number]

const columns = (assetId: string): readonly Column<Entry>[] => [
  { header: 'No.', cell: ({ sequence }) => <span className="numeric">{sequence}</span> },
  {
    header: 'Entry',
    cell: ({ kind, createdAt }) => (
      <>
        {kindLooks[kind].label}
        <br />
        <small className="flat">{formatDateTime(createdAt)}</small>
      </>
    ),
  },
  { header: 'Cash', isRight: true, cell: ({ cashChange }) => <MoneyChange value={cashChange} /> },
  {
    header: 'Held',
    isRight: true,
    cell: ({ cashHeldChange }) => <MoneyChange value={cashHeldChange} isNeutral />,
  },
  {
    header: 'Asset',
    isRight: true,
    cell: ({ quantityChange }) =>
      quantityChange && signOf(quantityChange) !== 0 ? (
        <QuantityChange value={quantityChange} unit={assetId} />
      ) : (
        '–'
      ),
  },
  {
    header: 'Cash afterwards',
    isRight: true,
    cell: ({ cashAfter }) => <Money value={cashAfter} />,
  },
  { header: 'Hash', cell: ({ hash }) => <code title={hash}>{hash.slice(0, 10)}…</code> },
]

/** The journal entries that this order caused, with the hashes that chain them. */
export function ReceiptPanel({ orderId, assetId }: { orderId: string; assetId: string }) {
  const reading = useReading(OrdersReceiptsDocument, { assetId })
  return (
    <ReadingPanel
      title="Journal receipt"
      isFlush
      reading={reading}
      select={({ me }) => me?.portfolio.activity}
    >
      {({ nodes, pageInfo }) => {
        const entries = nodes.filter((entry) => entry.orderId === orderId)
        if (entries.length === 0) {
          return (
            <EmptyState icon={IconReceipt} title="No entry among the latest">
              {pageInfo.hasNextPage
                ? 'The entries of this order are older; the activity page has them.'
                : 'This order moved nothing.'}
            </EmptyState>
          )
        }
        return (
          <>
            <GridTable
              label="Journal receipt"
              columns={columns(assetId)}
              rows={entries}
              rowKey={({ id }) => id}
            />
            <Text size="xs" c="dimmed" px={18} pt={8} pb={4}>
              Each entry carries the hash of the one before it, so that nobody can change the past
              unnoticed.
            </Text>
          </>
        )
      }}
    </ReadingPanel>
  )
}
