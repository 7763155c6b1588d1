import { Trans } from '@lingui/react'
import { Box, Group, MultiSelect } from '@mantine/core'
import { IconReceipt } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { signOf } from '../../format/money.ts'
import { formatDateTime } from '../../format/time.ts'
import {
  ActivityFeedDocument,
  type ActivityFeedQuery,
  type ActivityKind,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { EntryTitle, kindLooks } from '../../lists/ActivityList.tsx'
import { HeldChange } from '../../lists/HeldChange.tsx'
import { useKnownPage, useListAddress } from '../../lists/use-list-address.ts'
import { paths } from '../../paths.ts'
import { CursorPager } from '../../ui/CursorPager.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { ComputedPrice, Money, MoneyChange, QuantityChange } from '../../ui/Money.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { ExportMenu } from './ExportMenu.tsx'
import { StatementsPanel } from './StatementsPanel.tsx'

type Entry = NonNullable<ActivityFeedQuery['me']>['portfolio']['activity']['nodes'][number]

const pageSize = 25

const kinds = (Object.keys(kindLooks) as ActivityKind[]).map((value) => ({
  value,
  label: kindLooks[value].label,
}))

const isKind = (text: string): text is ActivityKind => Object.hasOwn(kindLooks, text)

const hasQuantity = ({ quantityChange, assetId }: Entry): boolean =>
  quantityChange !== null && assetId !== null && signOf(quantityChange) !== 0

const holds = ({ cashHeldChange, quantityHeldChange }: Entry): boolean =>
  signOf(cashHeldChange) !== 0 || signOf(quantityHeldChange ?? '0') !== 0

/** In rows of two lines: when it was, and what moved besides cash. */
function EntryDetail({ entry }: { entry: Entry }) {
  const { quantityChange, assetId, createdAt } = entry
  return (
    <span className="in-two-lines">
      {formatDateTime(createdAt)}
      {hasQuantity(entry) && (
        <>
          {' · '}
          <QuantityChange value={quantityChange ?? '0'} unit={assetId ?? ''} />
        </>
      )}
      {holds(entry) && (
        <>
          {' · '}
          <Trans
            id="held {change}"
            values={{ change: <HeldChange entry={entry} assetId={assetId} /> }}
          />
        </>
      )}
    </span>
  )
}

const columns: readonly Column<Entry>[] = [
  {
    header: i18n.t('No.'),
    cell: ({ sequence }) => <span className="numeric flat">{sequence}</span>,
  },
  {
    header: i18n.t('When'),
    cell: ({ createdAt }) => <span className="numeric">{formatDateTime(createdAt)}</span>,
  },
  {
    header: i18n.t('What'),
    isTitle: true,
    place: 'title',
    cell: (entry) => (
      <>
        {entry.orderId ? (
          <Link to={paths.order(entry.orderId)} className="plain-link link-text">
            <EntryTitle entry={entry} />
          </Link>
        ) : (
          <EntryTitle entry={entry} />
        )}
        <EntryDetail entry={entry} />
      </>
    ),
  },
  {
    header: i18n.t('Asset'),
    isRight: true,
    cell: ({ quantityChange, assetId }) =>
      quantityChange && assetId && signOf(quantityChange) !== 0 ? (
        <QuantityChange value={quantityChange} unit={assetId} />
      ) : (
        '–'
      ),
  },
  {
    header: i18n.t('Price'),
    isRight: true,
    cell: ({ price }) => (price ? <ComputedPrice value={price} /> : '–'),
  },
  {
    header: i18n.t('Cash'),
    isRight: true,
    place: 'value',
    cell: ({ cashChange }) => <MoneyChange value={cashChange} />,
  },
  {
    header: i18n.t('Held'),
    isRight: true,
    cell: (entry) => <HeldChange entry={entry} assetId={entry.assetId} />,
  },
  {
    header: i18n.t('Cash afterwards'),
    isRight: true,
    place: 'note',
    cell: ({ cashAfter }) => (
      <span className="cash-after">
        <Money value={cashAfter} />
      </span>
    ),
  },
]

export function ActivityPage() {
  const address = useListAddress()
  const chosen = address.search.getAll('kind').filter(isKind)
  const filter = chosen.length > 0 ? chosen : null
  const reading = useReading(
    ActivityFeedDocument,
    { first: pageSize, after: address.after, kinds: filter },
    { everyMs: config.valuesEveryMs },
  )
  useKnownPage(address, reading.failure)
  return (
    <>
      <PageHeading
        title={i18n.t('Activity')}
        hint={i18n.t('Every movement of your money and assets, newest first.')}
        action={<ExportMenu kinds={filter} />}
      />
      <Group mb="md">
        <MultiSelect
          aria-label={i18n.t('Kinds')}
          placeholder={chosen.length === 0 ? i18n.t('Everything') : ''}
          clearable
          w={{ base: '100%', xs: 420 }}
          data={kinds}
          value={chosen}
          onChange={(kind) => address.filter({ kind })}
        />
      </Group>
      <ReadingPanel
        title={i18n.t('Journal')}
        isFlush
        skeletonRows={10}
        reading={reading}
        select={({ me }) => me?.portfolio.activity}
      >
        {({ nodes, pageInfo }) =>
          nodes.length > 0 ? (
            <>
              <GridTable
                label={i18n.t('Journal')}
                columns={columns}
                rows={nodes}
                rowKey={({ id }) => id}
              />
              <CursorPager {...address.pager} pageInfo={pageInfo} />
            </>
          ) : (
            <EmptyState
              icon={IconReceipt}
              title={filter ? i18n.t('Nothing of this kind') : i18n.t('Nothing has happened yet')}
            >
              {i18n.t('Deposits, withdrawals, trades and red pockets are listed here.')}
            </EmptyState>
          )
        }
      </ReadingPanel>
      {reading.data?.me && (
        <Box mt="md">
          <StatementsPanel createdAt={reading.data.me.createdAt} />
        </Box>
      )}
    </>
  )
}
