import { useDebouncedValue } from '@mantine/hooks'
import { type Failure, isPassing } from '../api/errors.ts'
import { useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import {
  type OrderType,
  type ReplaceOrderInput,
  TicketReplacementDocument,
} from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import type { Preview } from './use-preview.ts'

type Replacement = Omit<ReplaceOrderInput, 'key'>

/** The API takes the input of the replacement, whose key a preview checks and does not use. */
const withKey = (input: Replacement): ReplaceOrderInput => ({ ...input, key: 'preview-key' })

/** What a replacement means for the order's place in time: only orders that wait at a limit have one. */
export function replacementNote(
  { type, triggeredAt }: { readonly type: OrderType; readonly triggeredAt: string | null },
  preview: Preview | undefined,
): string {
  if (preview?.outcome === 'FILL') {
    return i18n.t('The market is there already: the order fills at once.')
  }
  return type === 'LIMIT' || type === 'OCO' || triggeredAt !== null
    ? i18n.t('A new order replaces it. It comes after the orders that already wait at this price.')
    : i18n.t('A new order replaces it.')
}

type Replaced = {
  readonly preview?: Preview | undefined
  readonly refused?: Failure | undefined
  readonly failure?: Failure | undefined
}

/**
 * What a replacement of an open order would do, as the service decides it; undefined while that is not known. `refused` is why it
 * cannot be sent. Nothing is requested without an input.
 */
export function useReplacement(input: Replacement | undefined): Replaced {
  const current = JSON.stringify(input ?? null)
  const [settled] = useDebouncedValue(current, config.previewDelayMs)
  const isSettled = input !== undefined && settled === current
  const { data, failure } = useReading(
    TicketReplacementDocument,
    { input: withKey(input ?? { orderId: '' }) },
    { pause: !isSettled, everyMs: config.valuesEveryMs },
  )
  if (!isSettled) return {}
  return {
    preview: failure ? undefined : (data?.previewReplacement ?? undefined),
    refused: failure && !isPassing(failure) ? failure : undefined,
    failure,
  }
}
