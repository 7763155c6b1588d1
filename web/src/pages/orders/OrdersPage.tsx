import { createFinder, plainSearch } from '@cnop/kit/search'
import { Box, Button, Group, Select } from '@mantine/core'
import { IconListDetails } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import {
  type OrderFilter,
  OrdersAssetsDocument,
  type OrderSide,
  OrdersListDocument,
  type OrderStatus,
  type OrderType,
} from '../../generated/graphql.ts'
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
  { value: 'PENDING', label: 'Open' },
  { value: 'PARTIALLY_FILLED', label: 'Filled in part' },
  { value: 'COMPLETED', label: 'Filled' },
  { value: 'CANCELLED', label: 'Cancelled' },
  { value: 'EXPIRED', label: 'Expired' },
  { value: 'FAILED', label: 'Failed' },
]

const sides: { value: OrderSide; label: string }[] = [
  { value: 'BUY', label: 'Buy' },
  { value: 'SELL', label: 'Sell' },
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
  return data.assets.nodes.filter(({ id, name }) => finds(id, name)).map(({ id }) => id)
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
        label="Asset"
        placeholder="Name or ticker"
        w={{ base: '100%', xs: 200 }}
        maxLength={longestSearch}
        value={choice.asset}
        onSearch={(asset) => onChange({ ...choice, asset })}
      />
      <Select
        aria-label="Status"
        placeholder="Any status"
        clearable
        w={150}
        data={statuses}
        value={choice.status}
        onChange={(status) => onChange({ ...choice, status })}
      />
      <Select
        aria-label="Side"
        placeholder="Buy and sell"
        clearable
        w={150}
        data={sides}
        value={choice.side}
        onChange={(side) => onChange({ ...choice, side })}
      />
      <Select
        aria-label="Type"
        placeholder="Any type"
        clearable
        w={150}
        data={types}
        value={choice.type}
        onChange={(type) => onChange({ ...choice, type })}
      />
    </Group>
  )
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
  const shown = reading.data?.me?.orders?.nodes ?? []
  const openCount = shown.filter(isOpenOrder).length
  const isFiltered = Object.keys(filter).length > 0
  return (
    <>
      <PageHeading
        title="Orders"
        hint="Everything you ever ordered, newest first."
        action={
          <Group gap="sm">
            <Button component="a" href="#recurring" variant="default">
              Recurring orders
            </Button>
            <Button component={Link} to={paths.trade}>
              New order
            </Button>
          </Group>
        }
      />
      <Filters choice={choice} onChange={address.filter} />
      <ReadingPanel
        title="All orders"
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
                label="All orders"
                columns={allOrderColumns}
                rows={nodes}
                rowKey={({ id }) => id}
              />
              <CursorPager {...address.pager} pageInfo={pageInfo} />
            </>
          ) : (
            <EmptyState
              icon={IconListDetails}
              title={isFiltered ? 'No order matches' : 'You have not ordered anything yet'}
            >
              {isFiltered
                ? 'Take a filter away to see more.'
                : 'Your orders show up here the moment they are placed.'}
            </EmptyState>
          )
        }
      </ReadingPanel>
      <Box id="recurring" mt="md">
        <RecurringPanel />
      </Box>
    </>
  )
}
