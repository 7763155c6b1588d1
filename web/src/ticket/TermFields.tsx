import { parsePrice } from '@cnop/kit/money'
import { Group, NativeSelect, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { problemAt } from '../api/errors.ts'
import { config } from '../config.ts'
import { displayedPrice, formatPrice } from '../format/money.ts'
import { formatPercent } from '../format/percent.ts'
import type { OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { orderTypeNames } from '../lists/order-words.ts'
import { AmountField } from '../ui/AmountField.tsx'
import { fieldMessage, useTouched } from '../ui/field-message.tsx'
import { isThroughMarket } from './amounts.ts'
import { type Draft, hasLimit, hasStopPrice, isStop, stopTypes, type Wait } from './draft.ts'
import { ExitFields } from './ExitFields.tsx'
import { optionalLimit, PriceField, type TermProps } from './PriceField.tsx'
import { typedLimit, typedStop, typedStopLimit, typedTrail } from './terms.ts'
import type { TicketState } from './use-ticket.ts'

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

/** A stop on the wrong side of the market would be triggered at once, so that it is refused. */
function stopProblem({ draft, marketPrice }: TicketState): string | null {
  const { plain } = typedStop(draft)
  if (plain === undefined || marketPrice === undefined) return null
  const beyond = parsePrice(plain) - parsePrice(marketPrice)
  const price = formatPrice(marketPrice)
  if (draft.side === 'BUY') {
    return beyond > 0n ? null : i18n.t('It must be above the price now, {price}.', { price })
  }
  return beyond < 0n ? null : i18n.t('It must be below the price now, {price}.', { price })
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
      problem={stopProblem(ticket)}
      hint={price ? hint : null}
    />
  )
}

/** The worst price of the stop of an OCO order. */
const StopLimitField = ({ ticket, isLocked }: TermProps) => (
  <PriceField
    {...{ ticket, isLocked, field: 'stopLimit', input: 'stopLimitPrice' }}
    label={i18n.t('Limit of the stop')}
    typed={typedStopLimit(ticket.draft)}
    hint={optionalLimit}
    note={null}
  />
)

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
        unit={isShare ? 'PERCENT' : 'PRICE'}
        ticker="%"
        draft={draft.side}
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
/** That of a limit or stop with a limit of the stop. */
const limitedStop = i18n.t(
  'Trades at the limit, or becomes a limit order at the limit of the stop: whichever is first.',
)

function StopKind({ ticket: { draft, chooseType }, isLocked }: TermProps) {
  const hasWorst = typedStopLimit(draft).plain !== undefined
  return (
    <NativeSelect
      label={i18n.t('Kind of stop')}
      disabled={isLocked}
      value={draft.type}
      {...fieldMessage(null, hasWorst ? limitedStop : stopSentences[draft.type], 2)}
      data={stopTypes.map((value) => ({ value, label: orderTypeNames[value] }))}
      onChange={({ currentTarget: { value } }) => {
        const type = stopTypes.find((each) => each === value)
        if (type) chooseType(type)
      }}
    />
  )
}

const waits: readonly Wait[] = ['GTC', 'DATE', 'DAY', 'IOC', 'FOK']

const waitNames: Readonly<Record<Wait, string>> = {
  GTC: i18n.t('Until you cancel it'),
  DATE: i18n.t('Until a date'),
  DAY: i18n.t('Until the UTC day ends'),
  IOC: i18n.t('Immediate or cancel'),
  FOK: i18n.t('Fill or kill'),
}

function LastDayField({ ticket: { draft, change, expiry, failure }, isLocked }: TermProps) {
  const { field, judged } = useTouched(draft.side)
  return (
    <TextInput
      ref={field}
      type="date"
      label={i18n.t('Good till')}
      min={expiry.first}
      max={expiry.last}
      disabled={isLocked}
      value={draft.lastDay}
      required
      {...judged(expiry.problem ?? problemAt(failure, 'expiresAt'), undefined, 2)}
      onChange={({ currentTarget: { value } }) => change({ lastDay: value })}
    />
  )
}

/** How long the order waits. A stop always waits. */
function WaitFields({ ticket, isLocked }: TermProps) {
  const { draft, change } = ticket
  const offered = draft.type === 'LIMIT' ? waits : waits.slice(0, 3)
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
      {draft.wait === 'DATE' && <LastDayField ticket={ticket} isLocked={isLocked} />}
    </Group>
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
      {type === 'OCO' && <StopLimitField {...props} />}
      {hasLimit(type) && <LimitField {...props} />}
      {type !== 'MARKET' && <WaitFields {...props} />}
      <ExitFields {...props} />
    </>
  )
}
