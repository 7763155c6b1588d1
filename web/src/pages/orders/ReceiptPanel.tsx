import { addUsd, formatUsd, parseUsd, zeroUsd } from '@cnop/kit/money'
import { Trans } from '@lingui/react'
import { Text } from '@mantine/core'
import { IconReceipt } from '@tabler/icons-react'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { signOf } from '../../format/money.ts'
import { formatMoment } from '../../format/time.ts'
import { OrdersReceiptDocument, type OrdersReceiptQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { kindLooks } from '../../lists/ActivityList.tsx'
import { HeldChange } from '../../lists/HeldChange.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { Money, MoneyChange, QuantityChange } from '../../ui/Money.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

type Entry = NonNullable<NonNullable<OrdersReceiptQuery['order']>['receipt']>[number]

/** The sum of amounts; undefined where one is not known. */
const sumOf = (amounts: readonly (string | null)[]): string | undefined =>
  amounts.includes(null)
    ? undefined
    : formatUsd(amounts.reduce((sum, each) => addUsd(sum, parseUsd(each ?? '0')), zeroUsd))

/** The first digits of a hash, for a comparison at a glance; all of it on hover. */
function Hash({ value }: { value: string }) {
  return value ? <code title={value}>{value.slice(0, 10)}…</code> : <>–</>
}

const columns = (assetId: string): readonly Column<Entry>[] => [
  { header: i18n.t('No.'), cell: ({ sequence }) => <span className="numeric">{sequence}</span> },
  {
    header: i18n.t('Entry'),
    isTitle: true,
    cell: ({ kind, createdAt }) => (
      <>
        {kindLooks[kind].label}
        <br />
        <small className="numeric flat">{formatMoment(createdAt)}</small>
      </>
    ),
  },
  {
    header: i18n.t('Cash'),
    isRight: true,
    cell: ({ cashChange }) => (signOf(cashChange) === 0 ? '–' : <MoneyChange value={cashChange} />),
  },
  {
    header: i18n.t('Asset'),
    isRight: true,
    cell: ({ quantityChange }) =>
      signOf(quantityChange) === 0 ? '–' : <QuantityChange value={quantityChange} unit={assetId} />,
  },
  {
    header: i18n.t('Held'),
    isRight: true,
    cell: (entry) => <HeldChange entry={entry} assetId={assetId} />,
  },
  { header: i18n.t('Hash'), cell: ({ hash }) => <Hash value={hash} /> },
  { header: i18n.t('Follows'), cell: ({ previousHash }) => <Hash value={previousHash} /> },
]

/** What the sales of the order gained; nothing where no entry is a sale, or one is from before lots were kept. */
function Gain({ entries }: { entries: readonly Entry[] }) {
  const sales = entries.filter(({ kind }) => kind === 'SELL')
  const basis = sumOf(sales.map((entry) => entry.basis))
  const gain = sumOf(sales.map((entry) => entry.realisedGain))
  if (sales.length === 0 || basis === undefined || gain === undefined) return null
  return (
    <Text size="sm" px={18} pt={8}>
      {i18n.t('Realised gain')}{' '}
      <Trans
        id="<0/> over a cost of <1/>"
        components={{ 0: <MoneyChange value={gain} />, 1: <Money value={basis} /> }}
      />
    </Text>
  )
}

/** The journal entries of this order, with the hashes that chain them. */
export function ReceiptPanel({ orderId, assetId }: { orderId: string; assetId: string }) {
  const reading = useReading(
    OrdersReceiptDocument,
    { id: orderId },
    { everyMs: config.valuesEveryMs },
  )
  return (
    <ReadingPanel
      title={i18n.t('Journal receipt')}
      isFlush
      reading={reading}
      select={({ order }) => order?.receipt}
    >
      {(entries) =>
        entries.length > 0 ? (
          <>
            <GridTable
              label={i18n.t('Journal receipt')}
              columns={columns(assetId)}
              rows={entries}
              rowKey={({ id }) => id}
            />
            <Gain entries={entries} />
            <Text size="xs" c="dimmed" px={18} pt={8} pb={4}>
              {i18n.t(
                'Each entry carries the hash of the one before it, so that past entries cannot change unnoticed.',
              )}
            </Text>
          </>
        ) : (
          <EmptyState icon={IconReceipt} title={i18n.t('This order moved nothing')} />
        )
      }
    </ReadingPanel>
  )
}
