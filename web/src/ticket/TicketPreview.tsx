import { Alert, Center, Skeleton, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { formatExactPrice, formatPrice } from '../format/money.ts'
import { formatPercent } from '../format/percent.ts'
import type { OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { Facts } from '../ui/Facts.tsx'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { Reserved } from '../ui/Reserved.tsx'
import { isAtInput } from './amounts.ts'
import { correctionOf } from './input-words.ts'
import { NotPlaced, Unsettled } from './Unplaced.tsx'
import { previewFacts } from './preview-facts.tsx'
import { refusalWords } from './refusal-words.ts'
import { farLimit, type FarLimit, restingLimit, type Shown } from './term-facts.tsx'
import type { TicketState } from './use-ticket.ts'

/** The reason why the order would be refused; null when it would not. */
export function Refusal({ preview, order }: Pick<Shown, 'preview' | 'order'>) {
  const sentence = refusalWords(preview, order.type)
  if (sentence === null) return null
  return (
    <Alert color="yellow" icon={<IconInfoCircle size={18} />} p="xs">
      {sentence}
    </Alert>
  )
}

type FarValues = Readonly<Record<'percent' | 'price' | 'limit' | 'asset', string>>

function farWords({ side, isStop }: Pick<FarLimit, 'side' | 'isStop'>, values: FarValues): string {
  if (isStop) {
    return side === 'BUY'
      ? i18n.t(
          'The limit is {percent} above the stop of {price}. Once the market is there, the order may pay as much as {limit} per {asset}.',
          values,
        )
      : i18n.t(
          'The limit is {percent} below the stop of {price}. Once the market is there, the order may be sold for as little as {limit} per {asset}.',
          values,
        )
  }
  return side === 'BUY'
    ? i18n.t(
        'The limit is {percent} above the market price of {price}. The order fills now and may pay as much as {limit} per {asset}.',
        values,
      )
    : i18n.t(
        'The limit is {percent} below the market price of {price}. The order fills now and may be sold for as little as {limit} per {asset}.',
        values,
      )
}

function farTitle({ level, isStop }: Pick<FarLimit, 'level' | 'isStop'>): string {
  if (level === 'warning') return i18n.t('Is this limit meant?')
  return isStop
    ? i18n.t('This limit is very far from its stop')
    : i18n.t('This limit is very far from the market')
}

/** Warns of a stop that would not trade once it is reached. */
function RestingWarning({ order }: Pick<Shown, 'order'>) {
  const resting = restingLimit(order)
  if (!resting) return null
  const values = {
    stop: formatExactPrice(resting.from),
    limit: formatExactPrice(resting.limitPrice),
  }
  return (
    <Alert
      color="yellow"
      role="alert"
      icon={<IconAlertTriangle size={18} />}
      p="xs"
      title={i18n.t('Is this limit meant?')}
    >
      {resting.side === 'BUY'
        ? i18n.t(
            'The limit, {limit}, is below the stop, {stop}: once the market is at the stop, the order waits until it falls back to the limit.',
            values,
          )
        : i18n.t(
            'The limit, {limit}, is above the stop, {stop}: once the market is at the stop, the order waits until it rises back to the limit.',
            values,
          )}
    </Alert>
  )
}

/** Warns of a limit far beyond the market or its stop, or on the wrong side of its stop, which is rarely intended. */
export function LimitWarning(shown: Omit<Shown, 'balances'>) {
  const far = farLimit(shown)
  if (!far) return <RestingWarning {...shown} />
  const { limitPrice, from, level } = far
  const values = {
    percent: formatPercent((Number(limitPrice) / Number(from) - 1) * 100),
    price: formatPrice(from),
    limit: formatExactPrice(limitPrice),
    asset: shown.order.assetId,
  }
  return (
    <Alert
      color={level === 'danger' ? 'loss' : 'yellow'}
      role="alert"
      icon={<IconAlertTriangle size={18} />}
      p="xs"
      title={farTitle(far)}
    >
      {farWords(far, values)}
    </Alert>
  )
}

/** The usual height of the preview, with every line of its type of order and one that takes two. */
const usualHeight = (type: OrderType): number => (type === 'MARKET' ? 254 : 316)

export function PreviewSkeleton() {
  return (
    <Stack gap={12} aria-busy="true" aria-label={i18n.t('Preview is loading')} role="status">
      {['78%', '64%', '70%', '58%'].map((width) => (
        <Skeleton key={width} height={16} width={width} />
      ))}
    </Stack>
  )
}

/** Stands where the preview will be. */
function NoPreview({ ticket: { draft, failure } }: { ticket: TicketState }) {
  const correction = correctionOf(failure?.field)
  return (
    <Center className="no-preview" __vars={{ '--usual': `${usualHeight(draft.type)}px` }}>
      <Text size="sm" c="dimmed">
        {correction?.above ?? i18n.t('What the order would do is shown here before you place it.')}
      </Text>
    </Center>
  )
}

function PreviewState({ ticket }: { ticket: TicketState }) {
  const { order, preview, failure, retry, isUnsettled, isPlacing, placeFailure } = ticket
  if (isUnsettled) return <Unsettled ticket={ticket} />
  if (placeFailure && !ticket.isReviewing) return <NotPlaced failure={placeFailure} />
  // The refusal of a field is shown at that field.
  if (failure && !isAtInput(failure)) {
    return <FailureNotice failure={failure} onRetry={retry} />
  }
  if (!order || failure) return <NoPreview ticket={ticket} />
  if (!preview) return isPlacing ? null : <PreviewSkeleton />
  const shown = { order, preview, balances: ticket.portfolio }
  return (
    <Stack gap={8} aria-live="polite">
      <Facts facts={previewFacts(shown)} />
      <Refusal preview={preview} order={order} />
    </Stack>
  )
}

/** What the order would do, or why that is not known; the button below does not move meanwhile. */
export function TicketPreview({ ticket }: { ticket: TicketState }) {
  const { type } = ticket.draft
  return (
    <Reserved key={type} from={usualHeight(type)}>
      <PreviewState ticket={ticket} />
    </Reserved>
  )
}
