import { createFinder, plainSearch } from '@cnop/kit/search'
import { namesOf } from '@cnop/quotes/asset-names'
import { Box, Button, Group, Select } from '@mantine/core'
import { IconListDetails } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Reading, useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import {
  type OrderFilter,
  OrdersAssetsDocument,
  type OrderSide,
  OrdersListDocument,
  type OrderStatus,
  type OrderType,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { isOpenOrder, orderTypeNames } from '../../lists/order-words.ts'
import { CancelAllOrders } from '../../lists/CancelAllOrders.tsx'
import { allOrderColumns } from '../../lists/order-columns.tsx'
import { useKnownPage, useListAddress } from '../../lists/use-list-address.ts'
import { isTicker, paths } from '../../paths.ts'
import { CursorPager } from '../../ui/CursorPager.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { GridTable } from '../../ui/GridTable.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { RecurringPanel } from './recurring/RecurringPanel.tsx'

const pageSize = 20

type Choice = {
  readonly status: OrderStatus | null
  readonly side: OrderSide | null
  readonly type: OrderType | null
  /** Part of the name or the ticker. */
  readonly asset: string
}

const statuses: { value: OrderStatus; label: string }[] = [
  { value: 'PENDING', label: i18n.t('Open') },
  { value: 'PARTIALLY_FILLED', label: i18n.t('Filled in part') },
  { value: 'COMPLETED', label: i18n.t('Filled') },
  { value: 'CANCELLED', label: i18n.t('Cancelled') },
  { value: 'EXPIRED', label: i18n.t('Expired') },
  { value: 'FAILED', label: i18n.t('Failed') },
]

const sides: { value: OrderSide; label: string }[] = [
  { value: 'BUY', label: i18n.t('Buy') },
  { value: 'SELL', label: i18n.t('Sell') },
]

const types = Object.entries(orderTypeNames).map(([value, label]) => ({
  value: value as OrderType,
  label,
}))

const longestSearch = 50

/** The filters of the address; unknown values are ignored. */
function readChoice(search: URLSearchParams): Choice {
  const among = <Value extends string>(name: string, options: readonly { value: Value }[]) =>
    options.find(({ value }) => value === search.get(name))?.value ?? null
  return {
    status: among('status', statuses),
    side: among('side', sides),
    type: among('type', types),
    asset: plainSearch(search.get('asset') ?? '').slice(0, longestSearch),
  }
}

/**
 * The tickers of the assets that a search finds, delisted ones too; undefined until they are known. Without a list of assets,
 * only a whole ticker is found.
 */
function useFound(search: string): readonly string[] | undefined {
  const { data, failure } = useReading(OrdersAssetsDocument, {}, { pause: search === '' })
  const whole = isTicker(search.toUpperCase()) ? [search.toUpperCase()] : []
  if (search === '' || failure) return whole
  if (!data) return undefined
  const finds = createFinder(search)
  return data.assets.nodes.filter((asset) => finds(...namesOf(asset))).map(({ id }) => id)
}

function toFilter({ status, side, type, asset }: Choice, found: readonly string[]): OrderFilter {
  return {
    // An order of which a part has filled is open too.
    ...(status && { statuses: status === 'PENDING' ? [status, 'PARTIALLY_FILLED'] : [status] }),
    ...(side && { side }),
    ...(type && { type }),
    ...(asset && { assetIds: found }),
  }
}

function Filters({ choice, onChange }: { choice: Choice; onChange: (next: Choice) => void }) {
  return (
    <Group mb="md" gap="sm">
      <SearchField
        label={i18n.t('Asset')}
        placeholder={i18n.t('Name or ticker')}
        w={{ base: '100%', xs: 200 }}
        maxLength={longestSearch}
        value={choice.asset}
        onSearch={(asset) => onChange({ ...choice, asset })}
      />
      <Select
        aria-label={i18n.t('Status')}
        placeholder={i18n.t('Any status')}
        clearable
        w={150}
        data={statuses}
        value={choice.status}
        onChange={(status) => onChange({ ...choice, status })}
      />
      <Select
        aria-label={i18n.t('Side')}
        placeholder={i18n.t('Buy and sell')}
        clearable
        w={150}
        data={sides}
        value={choice.side}
        onChange={(side) => onChange({ ...choice, side })}
      />
      <Select
        aria-label={i18n.t('Type')}
        placeholder={i18n.t('Any type')}
        clearable
        w={150}
        data={types}
        value={choice.type}
        onChange={(type) => onChange({ ...choice, type })}
      />
    </Group>
  )
}

/** What stands below a list would move with its length. Once there it stays, with what was typed in it. */
function useWasKnown({ data, failure }: Pick<Reading<unknown>, 'data' | 'failure'>): boolean {
  const isKnown = data !== undefined || failure !== undefined
  const [wasKnown, setKnown] = useState(isKnown)
  if (isKnown && !wasKnown) setKnown(true)
  return wasKnown
}

export function OrdersPage() {
  const address = useListAddress()
  const choice = readChoice(address.search)
  const found = useFound(choice.asset)
  const filter = toFilter(choice, found ?? [])
  const variables = { first: pageSize, after: address.after, filter }
  const options = { pause: found === undefined, everyMs: config.valuesEveryMs }
  const reading = useReading(OrdersListDocument, variables, options)
  useKnownPage(address, reading.failure)
  const isBelowShown = useWasKnown(reading)
  const shown = reading.data?.me?.orders?.nodes ?? []
  const openCount = shown.filter(isOpenOrder).length
  const isFiltered = Object.keys(filter).length > 0
  return (
    <>
      <PageHeading
        title={i18n.t('Orders')}
        hint={i18n.t('Everything you ever ordered, newest first.')}
        action={
          <Group gap="sm">
            <Button component="a" href="#recurring" variant="default">
              {i18n.t('Recurring orders')}
            </Button>
            <Button component={Link} to={paths.trade}>
              {i18n.t('New order')}
            </Button>
          </Group>
        }
      />
      <Filters choice={choice} onChange={address.filter} />
      <ReadingPanel
        title={i18n.t('All orders')}
        isFlush
        skeletonRows={8}
        reading={reading}
        action={openCount > 1 && <CancelAllOrders />}
        select={({ me }) => me?.orders}
      >
        {({ nodes, pageInfo }) =>
          nodes.length > 0 ? (
            <>
              <GridTable
                label={i18n.t('All orders')}
                columns={allOrderColumns}
                rows={nodes}
                rowKey={({ id }) => id}
              />
              <CursorPager {...address.pager} pageInfo={pageInfo} />
            </>
          ) : (
            <EmptyState
              icon={IconListDetails}
              title={
                isFiltered
                  ? i18n.t('No order matches')
                  : i18n.t('You have not ordered anything yet')
              }
            >
              {isFiltered
                ? i18n.t('Take a filter away to see more.')
                : i18n.t('Your orders show up here the moment they are placed.')}
            </EmptyState>
          )
        }
      </ReadingPanel>
      <Box id="recurring" mt="md">
        {isBelowShown && <RecurringPanel />}
      </Box>
    </>
  )
}
