import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { type ReactNode, useEffect, useEffectEvent, useId, useState } from 'react'
import { problemAt } from '../api/errors.ts'
import { config } from '../config.ts'
import { formatMoney, formatQuantity, signOf } from '../format/money.ts'
import type { OrderSide } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { orderTypeNames } from '../lists/order-words.ts'
import { useMeantFocus } from '../meant-focus.ts'
import { AmountField } from '../ui/AmountField.tsx'
import { useHiddenAmounts } from '../ui/amounts.tsx'
import { Money, Quantity } from '../ui/Money.tsx'
import { shareOf, typedAmount } from './amounts.ts'
import { type Draft, isStop } from './draft.ts'
import { heldOf } from './preview-facts.tsx'
import { describeSize, worthOf } from './total-words.ts'
import { priceOf } from './moves.ts'
import { LotFields } from './LotFields.tsx'
import { TermFields } from './TermFields.tsx'
import type { TicketState } from './use-ticket.ts'

const shares = [25, 50, 75, 100] as const

type FieldsProps = {
  readonly ticket: TicketState
  readonly assetId: string
  readonly isLocked: boolean
}

type SideChoiceProps = Omit<FieldsProps, 'assetId'> & { readonly onSide: (side: OrderSide) => void }

function SideChoice({ ticket, isLocked, onSide }: SideChoiceProps) {
  const { draft } = ticket
  return (
    <div className="choice" role="group" aria-label={i18n.t('Side')}>
      {(['BUY', 'SELL'] as const).map((side) => {
        const isChosen = draft.side === side
        const color = side === 'BUY' ? 'gain.7' : 'loss.7'
        return (
          <Button
            key={side}
            variant={isChosen ? 'filled' : 'subtle'}
            color={isChosen ? color : 'gray'}
            {...(!isChosen && !isLocked && { c: 'var(--mantine-color-text)' })}
            aria-pressed={isChosen}
            disabled={isLocked}
            onClick={() => !isChosen && onSide(side)}
          >
            {side === 'BUY' ? i18n.t('Buy') : i18n.t('Sell')}
          </Button>
        )
      })}
    </div>
  )
}

function Balance({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text size="sm" fw={550} component="span">
        {children}
      </Text>
    </Group>
  )
}

/** The available amount and what open orders hold. Both rows exist while loading, so that nothing moves. */
function Balances({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  const portfolio = ticket.balances.data?.me?.portfolio
  const show = (cash: string, quantity: string) =>
    ticket.draft.side === 'BUY' ? (
      <Money value={cash} />
    ) : (
      <Quantity value={quantity} unit={assetId} />
    )
  const { cash, holding } = portfolio ?? {}
  return (
    <div>
      <Balance label={i18n.t('Available')}>
        {cash ? show(cash.available, holding?.available ?? '0') : '–'}
      </Balance>
      <Balance label={i18n.t('Held by open orders')}>
        {cash ? show(cash.held, heldOf(holding ?? null)) : '–'}
      </Balance>
    </div>
  )
}

/** The reason why no share can be selected, or null. */
function reasonWithoutShares(
  { balances, draft }: TicketState,
  assetId: string,
  areHidden: boolean,
): string | null {
  const portfolio = balances.data?.me?.portfolio
  if (!portfolio) return i18n.t('Shares can be chosen when your balance is known.')
  // The field would show what is hidden.
  if (areHidden) return i18n.t('Show amounts to choose a share.')
  if (draft.side === 'BUY') {
    return signOf(portfolio.cash.available) > 0
      ? null
      : i18n.t('You have no cash available to buy with.')
  }
  return signOf(portfolio.holding?.available ?? '0') > 0
    ? null
    : i18n.t('You have no {asset} available to sell.', { asset: assetId })
}

/** Where a share of the chosen unit is not exactly what is available. */
function shareHint({ side, unit }: Draft, assetId: string): string | null {
  if (side === 'BUY' && unit === 'QUANTITY') {
    return i18n.t(
      'Leaves {percent}% of the cash, for a price that moves and for fees; USD spends all of it.',
      { percent: config.slippagePercent },
    )
  }
  return side === 'SELL' && unit === 'USD'
    ? i18n.t('100% is entered in {asset}, to sell exactly everything.', { asset: assetId })
    : null
}

/** Fills in shares; one that the first preview calls too large becomes the most that one order may be worth. */
function useShares(ticket: TicketState) {
  const { draft, preview, valueLimit, marketPrice } = ticket
  const portfolio = ticket.balances.data?.me?.portfolio
  const [chosen, setChosen] = useState<{ percent: number; amount: string; isCut: boolean }>()
  const choose = (percent: number, most: string | undefined) => {
    const available = {
      cash: portfolio?.cash.available ?? '0',
      quantity: portfolio?.holding?.available ?? '0',
      price: priceOf(draft, marketPrice),
      marketPrice,
    }
    const next = shareOf(draft, percent, { ...available, most })
    const isCut = next.amount !== shareOf(draft, percent, available).amount
    setChosen({ percent, amount: next.amount, isCut })
    ticket.change(next)
  }
  const isShown = chosen?.amount === draft.amount
  const isTooLarge = isShown && !chosen.isCut && preview?.refusal === 'ORDER_TOO_LARGE'
  const cut = useEffectEvent(() => {
    if (chosen) choose(chosen.percent, valueLimit)
  })
  useEffect(() => {
    if (!isTooLarge) return undefined
    const timer = setTimeout(() => cut())
    return () => clearTimeout(timer)
  }, [isTooLarge])
  return { choose, isCut: isShown && chosen.isCut }
}

function ShareButtons({ ticket, assetId, isLocked }: FieldsProps) {
  const reasonId = useId()
  const { choose, isCut } = useShares(ticket)
  const portfolio = ticket.balances.data?.me?.portfolio
  const reason = reasonWithoutShares(ticket, assetId, useHiddenAmounts())
  // A reason that is shown for a moment while loading would flicker.
  const isOnItsWay = !portfolio && ticket.balances.isLoading
  return (
    <div>
      <Group grow gap={6} role="group" aria-label={i18n.t('Share of what is available')}>
        {shares.map((percent) => (
          <Button
            key={percent}
            size="xs"
            variant="default"
            px={4}
            disabled={reason !== null || isLocked}
            aria-describedby={reasonId}
            onClick={() => choose(percent, ticket.valueLimit)}
          >
            {percent}%
          </Button>
        ))}
      </Group>
      <Text size="xs" c="dimmed" mt={4} mih="1.4em">
        <span id={reasonId} className={isOnItsWay ? 'visually-hidden' : ''}>
          {reason ??
            (isCut
              ? i18n.t('Less than this share: one order may be worth {amount} at most.', {
                  amount: formatMoney(ticket.valueLimit ?? '0'),
                })
              : shareHint(ticket.draft, assetId))}
        </span>
      </Text>
    </div>
  )
}

/** The amount in the other unit, so that both are always displayed. */
function equivalent(ticket: TicketState): string | undefined {
  const { draft, order, preview } = ticket
  if (order && draft.unit === 'USD' && draft.type !== 'MARKET') {
    return describeSize(order, ticket)
  }
  if (!order || !preview || preview.outcome === 'CANCEL') return undefined
  return draft.unit === 'USD'
    ? `≈ ${formatQuantity(preview.quantity)} ${order.assetId}`
    : worthOf({ order, preview })
}

/** The amount, in one of the two units. */
function SizeField({ ticket, assetId, isLocked }: FieldsProps) {
  const { draft, change, chooseUnit, failure } = ticket
  useMeantFocus('isToAmount', 'amount')
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label={i18n.t('Unit of the amount')}
        disabled={isLocked}
        value={draft.unit}
        onChange={chooseUnit}
        data={[
          { value: 'QUANTITY', label: assetId },
          { value: 'USD', label: 'USD' },
        ]}
      />
      <AmountField
        label={
          draft.unit === 'USD'
            ? i18n.t('Amount in US dollars')
            : i18n.t('Quantity of {asset}', { asset: assetId })
        }
        unit={draft.unit}
        ticker={assetId}
        size="md"
        draft={draft.side}
        text={draft.amount}
        amount={typedAmount(draft)}
        problem={problemAt(failure, 'quantity') ?? problemAt(failure, 'quoteAmount') ?? null}
        hint={draft.unit === 'USD' ? i18n.t('For example 1,250.50') : i18n.t('For example 0.5')}
        note={equivalent(ticket)}
        isLocked={isLocked}
        path="amount"
        onChange={(amount) => change({ amount })}
      />
    </>
  )
}

/** The side and the type. */
export function TicketChoices({ ticket, isLocked, onSide }: SideChoiceProps) {
  const { draft, chooseType } = ticket
  return (
    <div className="ticket-columns">
      <SideChoice ticket={ticket} isLocked={isLocked} onSide={onSide} />
      <SegmentedControl
        fullWidth
        aria-label={i18n.t('Order type')}
        disabled={isLocked}
        value={isStop(draft.type) ? 'STOP' : draft.type}
        onChange={chooseType}
        data={[
          { value: 'MARKET', label: orderTypeNames.MARKET },
          { value: 'LIMIT', label: orderTypeNames.LIMIT },
          { value: 'STOP', label: orderTypeNames.STOP },
        ]}
      />
    </div>
  )
}

export function TicketFields({ ticket, assetId, isLocked }: FieldsProps) {
  return (
    <Stack gap="sm">
      <TermFields ticket={ticket} isLocked={isLocked} />
      <LotFields ticket={ticket} isLocked={isLocked} />
      <Balances ticket={ticket} assetId={assetId} />
      <SizeField ticket={ticket} assetId={assetId} isLocked={isLocked} />
      <ShareButtons ticket={ticket} assetId={assetId} isLocked={isLocked} />
    </Stack>
  )
}
