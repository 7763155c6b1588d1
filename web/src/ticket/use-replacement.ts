import { useDebouncedValue } from '@mantine/hooks'
import { type Failure, isPassing } from '../api/errors.ts'
import { useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import { type ReplaceOrderInput, TicketReplacementDocument } from '../generated/graphql.ts'
import type { Preview } from './use-preview.ts'

type Replacement = Omit<ReplaceOrderInput, 'key'>

/** The API takes the input of the replacement, whose key a preview checks and does not use. */
const withKey = (input: Replacement): ReplaceOrderInput => ({ ...input, key: 'preview-key' })

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
