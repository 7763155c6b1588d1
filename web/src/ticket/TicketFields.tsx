import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { formatMoney, formatPrice, formatQuantity } from '../format/money.ts'
import { Money, Quantity } from '../ui/Money.tsx'
import { shareOf } from './amounts.ts'
import { mostDaysAhead } from './expiry.ts'
import type { TicketState } from './use-ticket.ts'

const shares = [25, 50, 75, 100] as const

const isDecimal = (text: string): boolean => /^[\d,]*\.?\d*$/.test(text)

function SideChoice({ ticket, isLocked }: { ticket: TicketState; isLocked: boolean }) {
  const { draft, change } = ticket
  return (
    <div className="choice" role="group" aria-label="Side">
      {(['BUY', 'SELL'] as const).map((side) => {
        const isChosen = draft.side === side
        const color = side === 'BUY' ? 'gain.7' : 'loss.7'
        return (
          <Button
            key={side}
            variant={isChosen ? 'filled' : 'transparent'}
            color={isChosen ? color : 'gray'}
            c={isChosen ? 'white' : 'var(--mantine-color-text)'}
            aria-pressed={isChosen}
            disabled={isLocked}
            onClick={() => change({ side, amount: '' })}
          >
            {side === 'BUY' ? 'Buy' : 'Sell'}
          </Button>
        )
      })}
    </div>
  )
}

function Available({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  const portfolio = ticket.balances.data?.me?.portfolio
  if (!portfolio) return null
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed">
        Available
      </Text>
      <Text size="sm" fw={550} component="span">
        {ticket.draft.side === 'BUY' ? (
          <Money value={portfolio.cash.available} />
        ) : (
          <Quantity value={portfolio.holding?.available ?? '0'} unit={assetId} />
        )}
      </Text>
    </Group>
  )
}

function ShareButtons({ ticket, isLocked }: { ticket: TicketState; isLocked: boolean }) {
  const portfolio = ticket.balances.data?.me?.portfolio
  return (
    <Group grow gap={6} role="group" aria-label="Share of what is available">
      {shares.map((percent) => (
        <Button
          key={percent}
          size="xs"
          variant="default"
          px={4}
          disabled={!portfolio || isLocked}
          onClick={() => {
            const available = {
              cash: portfolio?.cash.available ?? '0',
              quantity: portfolio?.holding?.available ?? '0',
            }
            ticket.change(shareOf(ticket.draft, percent, available))
          }}
        >
          {percent}%
        </Button>
      ))}
    </Group>
  )
}

/** Says the amount in the other unit, so that both are always in view. */
function Equivalent({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  const { draft, order, preview } = ticket
  if (!order) return null
  const shown =
    draft.unit === 'USD'
      ? `${formatQuantity(order.quantity)} ${assetId}`
      : preview && formatMoney(preview.total)
  return shown ? (
    <Text size="xs" c="dimmed" className="numeric" mt={-8}>
      ≈ {shown}
    </Text>
  ) : null
}

type LimitFieldsProps = {
  readonly ticket: TicketState
  readonly isLocked: boolean
  readonly setPrice: (event: { currentTarget: HTMLInputElement }) => void
}

/** What only a limit order has: its price and its last day. */
function LimitFields({ ticket, isLocked, setPrice }: LimitFieldsProps) {
  const { draft, change, marketPrice, expiry } = ticket
  return (
    <>
      <TextInput
        label="Limit price"
        description={marketPrice ? `Now ${formatPrice(marketPrice)}` : undefined}
        inputMode="decimal"
        leftSection="$"
        disabled={isLocked}
        value={draft.limitPrice}
        onChange={setPrice}
      />
      <TextInput
        type="date"
        label="Good till"
        description={`The end of this day, at most ${mostDaysAhead} days ahead. Empty: until you cancel it.`}
        min={expiry.first}
        max={expiry.last}
        disabled={isLocked}
        value={draft.lastDay}
        error={expiry.problem}
        onChange={({ currentTarget: { value } }) => change({ lastDay: value })}
      />
    </>
  )
}

export function TicketFields({
  ticket,
  assetId,
  isLocked,
}: {
  ticket: TicketState
  assetId: string
  isLocked: boolean
}) {
  const { draft, change, marketPrice } = ticket
  const setText =
    (field: 'amount' | 'limitPrice') => (event: { currentTarget: HTMLInputElement }) => {
      const { value } = event.currentTarget
      if (isDecimal(value)) change({ [field]: value })
    }
  return (
    <Stack gap="sm">
      <SideChoice ticket={ticket} isLocked={isLocked} />
      <SegmentedControl
        fullWidth
        aria-label="Order type"
        disabled={isLocked}
        value={draft.type}
        onChange={(type) =>
          change({
            type,
            ...(type === 'LIMIT' &&
              !draft.limitPrice &&
              marketPrice && { limitPrice: marketPrice }),
          })
        }
        data={[
          { value: 'MARKET', label: 'Market' },
          { value: 'LIMIT', label: 'Limit' },
        ]}
      />
      {draft.type === 'LIMIT' && (
        <LimitFields ticket={ticket} isLocked={isLocked} setPrice={setText('limitPrice')} />
      )}
      <Available ticket={ticket} assetId={assetId} />
      <Group align="flex-end" gap={8} wrap="nowrap">
        <TextInput
          label={draft.unit === 'USD' ? 'Amount in US dollars' : `Quantity of ${assetId}`}
          placeholder={draft.unit === 'USD' ? '0.00' : '0.0'}
          inputMode="decimal"
          autoComplete="off"
          size="md"
          style={{ flex: 1 }}
          leftSection={draft.unit === 'USD' ? '$' : undefined}
          disabled={isLocked}
          value={draft.amount}
          onChange={setText('amount')}
        />
        <SegmentedControl
          aria-label="Unit of the amount"
          size="md"
          disabled={isLocked}
          value={draft.unit}
          onChange={(unit) => change({ unit, amount: '' })}
          data={[
            { value: 'QUANTITY', label: assetId },
            { value: 'USD', label: 'USD' },
          ]}
        />
      </Group>
      <Equivalent ticket={ticket} assetId={assetId} />
      <ShareButtons ticket={ticket} isLocked={isLocked} />
    </Stack>
  )
}
