import { Checkbox, Group, NativeSelect, SegmentedControl, Stack, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { problemAt } from '../api/errors.ts'
import { config } from '../config.ts'
import type { TypedAmount } from '../format/amount.ts'
import { displayedPrice, formatPrice } from '../format/money.ts'
import { formatPercent } from '../format/percent.ts'
import type { OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { orderTypeNames } from '../lists/order-words.ts'
import { AmountField } from '../ui/AmountField.tsx'
import { fieldMessage } from '../ui/field-message.tsx'
import { isThroughMarket } from './amounts.ts'
import {
  type Draft,
  hasLimit,
  hasStopPrice,
  isStop,
  mayHaveExits,
  stopTypes,
  type Wait,
} from './draft.ts'
import { typedLimit, typedLoss, typedProfit, typedStop, typedTrail } from './terms.ts'
import type { TicketState } from './use-ticket.ts'

type TermProps = { readonly ticket: TicketState; readonly isLocked: boolean }

type PriceProps = TermProps & {
  readonly label: string
  readonly field: 'limitPrice' | 'stopPrice' | 'takeProfit' | 'stopLoss'
  /** The input of the API that the field is sent as. */
  readonly input: string
  readonly typed: TypedAmount
  /** Below the empty field. */
  readonly hint: ReactNode
  /** Goes on after the price where it is not the hint. */
  readonly note?: ReactNode
  readonly fill?: { readonly label: string; readonly title: string; readonly text: string }
}

function PriceField(props: PriceProps) {
  const { ticket, isLocked, label, field, input, typed, hint, note = hint, fill } = props
  return (
    <AmountField
      label={label}
      unit="PRICE"
      text={ticket.draft[field]}
      amount={typed}
      problem={problemAt(ticket.failure, input) ?? null}
      hint={hint}
      note={note}
      fill={fill}
      isLocked={isLocked}
      onChange={(text) => ticket.change({ [field]: text })}
    />
  )
}

/** The market price, and how far beyond it a limit is that is rarely intended. */
function LimitNote({ ticket: { draft, marketPrice } }: { ticket: TicketState }) {
  if (!marketPrice) return null
  const { plain: limitPrice } = typedLimit(draft)
  const isBeyond = (percent: number) =>
    limitPrice !== undefined &&
    draft.type !== 'STOP_LIMIT' &&
    isThroughMarket({ side: draft.side, limitPrice }, marketPrice, percent)
  const price = formatPrice(marketPrice)
  if (!isBeyond(config.limitWarningPercent)) return <>{i18n.t('Now {price}', { price })}</>
  const percent = formatPercent((Number(limitPrice) / Number(marketPrice) - 1) * 100)
  const values = { percent, price }
  const isBuy = draft.side === 'BUY'
  return isBeyond(config.limitDangerPercent) ? (
    <strong className="down">
      {isBuy
        ? i18n.t('{percent} above the price now, {price}. Is this meant?', values)
        : i18n.t('{percent} below the price now, {price}. Is this meant?', values)}
    </strong>
  ) : (
    <span className="warn">
      {isBuy
        ? i18n.t('{percent} above the price now, {price}', values)
        : i18n.t('{percent} below the price now, {price}', values)}
    </span>
  )
}

function LimitField({ ticket, isLocked }: TermProps) {
  const { draft, marketPrice } = ticket
  return (
    <PriceField
      {...{ ticket, isLocked, field: 'limitPrice', input: 'limitPrice' }}
      label={i18n.t('Limit price')}
      typed={typedLimit(draft)}
      hint={<LimitNote ticket={ticket} />}
      {...(marketPrice && {
        fill: {
          label: i18n.t('Price now'),
          title: i18n.t('Use the price now'),
          text: displayedPrice(marketPrice),
        },
      })}
    />
  )
}

function StopField({ ticket, isLocked }: TermProps) {
  const { draft, marketPrice } = ticket
  const price = marketPrice && formatPrice(marketPrice)
  const hint =
    draft.side === 'BUY'
      ? i18n.t('Above the price now, {price}', { price })
      : i18n.t('Below the price now, {price}', { price })
  return (
    <PriceField
      {...{ ticket, isLocked, field: 'stopPrice', input: 'stopPrice' }}
      label={i18n.t('Stop price')}
      typed={typedStop(draft)}
      hint={price ? hint : null}
    />
  )
}

/** Goes on after the distance of a trailing stop. */
function trailNote({ side, trailUnit }: Draft): string {
  if (side === 'BUY') {
    return trailUnit === 'PERCENT'
      ? i18n.t('of the lowest price from now on')
      : i18n.t('from the lowest price from now on')
  }
  return trailUnit === 'PERCENT'
    ? i18n.t('of the highest price from now on')
    : i18n.t('from the highest price from now on')
}

/** The distance of a trailing stop, in one of two units. */
function TrailField({ ticket: { draft, change, failure }, isLocked }: TermProps) {
  const isShare = draft.trailUnit === 'PERCENT'
  const distance =
    draft.side === 'BUY'
      ? i18n.t('From the lowest price from now on')
      : i18n.t('From the highest price from now on')
  return (
    <Stack gap={4}>
      <SegmentedControl
        size="xs"
        aria-label={i18n.t('Unit of the distance')}
        disabled={isLocked}
        value={draft.trailUnit}
        onChange={(trailUnit) => change({ trailUnit, trail: '' })}
        data={[
          { value: 'PERCENT', label: '%' },
          { value: 'PRICE', label: 'USD' },
        ]}
      />
      <AmountField
        label={isShare ? i18n.t('Distance in per cent') : i18n.t('Distance in US dollars')}
        unit={isShare ? 'QUANTITY' : 'PRICE'}
        ticker="%"
        text={draft.trail}
        amount={typedTrail(draft)}
        problem={problemAt(failure, isShare ? 'trailBasisPoints' : 'trailAmount') ?? null}
        hint={isShare ? i18n.t('From 0.1 to 50') : distance}
        note={trailNote(draft)}
        isLocked={isLocked}
        onChange={(trail) => change({ trail })}
      />
    </Stack>
  )
}

/** What each kind of stop does, in a sentence. */
const stopSentences: Partial<Record<OrderType, string>> = {
  STOP: i18n.t('Trades at the market price once the stop price is reached.'),
  STOP_LIMIT: i18n.t('Becomes a limit order once the stop price is reached.'),
  TRAILING_STOP: i18n.t('The stop follows the price, and trades when it turns by the distance.'),
  OCO: i18n.t(
    'Trades at the limit, or at the market once the stop price is reached: whichever is first.',
  ),
}

function StopKind({ ticket: { draft, chooseType }, isLocked }: TermProps) {
  return (
    <NativeSelect
      label={i18n.t('Kind of stop')}
      disabled={isLocked}
      value={draft.type}
      {...fieldMessage(null, stopSentences[draft.type], 2)}
      data={stopTypes.map((value) => ({ value, label: orderTypeNames[value] }))}
      onChange={({ currentTarget: { value } }) => {
        const type = stopTypes.find((each) => each === value)
        if (type) chooseType(type)
      }}
    />
  )
}

const waits: readonly Wait[] = ['DATE', 'DAY', 'IOC', 'FOK']

const waitNames: Readonly<Record<Wait, string>> = {
  DATE: i18n.t('Until a date'),
  DAY: i18n.t('Until the UTC day ends'),
  IOC: i18n.t('Immediate or cancel'),
  FOK: i18n.t('Fill or kill'),
}

/** How long the order waits. A stop always waits. */
function WaitFields({ ticket, isLocked }: TermProps) {
  const { draft, change, expiry, failure } = ticket
  const offered = draft.type === 'LIMIT' ? waits : waits.slice(0, 2)
  return (
    <Group grow align="start" gap={12}>
      <NativeSelect
        label={i18n.t('Time in force')}
        disabled={isLocked}
        value={draft.wait}
        data={offered.map((value) => ({
          value,
          label: waitNames[value],
        }))}
        onChange={({ currentTarget: { value } }) => {
          const wait = waits.find((each) => each === value)
          if (wait) change({ wait, lastDay: '' })
        }}
      />
      {draft.wait === 'DATE' && (
        <TextInput
          type="date"
          label={i18n.t('Good till')}
          min={expiry.first}
          max={expiry.last}
          disabled={isLocked}
          value={draft.lastDay}
          {...fieldMessage(
            expiry.problem ?? problemAt(failure, 'expiresAt'),
            i18n.t('Empty: until you cancel it.'),
            2,
          )}
          onChange={({ currentTarget: { value } }) => change({ lastDay: value })}
        />
      )}
    </Group>
  )
}

/** Where what is bought is sold again, by an order of its own that the fill opens. */
function ExitFields({ ticket, isLocked }: TermProps) {
  const { draft, change } = ticket
  if (!mayHaveExits(draft)) return null
  return (
    <>
      <Checkbox
        label={i18n.t('Sell again at a profit or a loss')}
        disabled={isLocked}
        checked={draft.hasExits}
        onChange={({ currentTarget: { checked } }) =>
          change({ hasExits: checked, takeProfit: '', stopLoss: '' })
        }
      />
      {draft.hasExits && (
        <>
          <PriceField
            {...{ ticket, isLocked, field: 'takeProfit', input: 'takeProfitPrice' }}
            label={i18n.t('Take profit at')}
            typed={typedProfit(draft)}
            hint={i18n.t('Above the price that you buy at.')}
            note={i18n.t('or better. Above the price that you buy at.')}
          />
          <PriceField
            {...{ ticket, isLocked, field: 'stopLoss', input: 'stopLossPrice' }}
            label={i18n.t('Stop loss at')}
            typed={typedLoss(draft)}
            hint={i18n.t('Below the price that you buy at.')}
            note={i18n.t('or below, at the market price. Below the price that you buy at.')}
          />
        </>
      )}
    </>
  )
}

/** The fields that the type of the order needs beside its size. */
export function TermFields(props: TermProps) {
  const { type } = props.ticket.draft
  return (
    <>
      {isStop(type) && <StopKind {...props} />}
      {type === 'TRAILING_STOP' && <TrailField {...props} />}
      {hasStopPrice(type) && <StopField {...props} />}
      {hasLimit(type) && <LimitField {...props} />}
      {type !== 'MARKET' && <WaitFields {...props} />}
      <ExitFields {...props} />
    </>
  )
}
