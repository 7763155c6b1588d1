import type { Cache } from '@cnop/kit/cache'
import type { Clock } from '@cnop/kit/clock'
import type { Store } from '@cnop/kit/dynamo'
import type { RequestScope } from '@cnop/kit/subgraph'
import type { QuoteReader } from '@cnop/quotes/reader'
import type { Flights } from './commands/flights.ts'
import type { InsightFailure } from './domain/errors.ts'
import type { InsightAnswers } from './events.ts'
import type { LanguageModel } from './model/language-model.ts'
import type { Prose } from './store/kept-prose.ts'

/** The outcomes of a call to the language model. */
export type Writing =
  | { readonly isWritten: true; readonly prose: Prose }
  | { readonly isWritten: false; readonly failure: InsightFailure }

export interface Deps {
  /** The quotes, which this service requires. */
  readonly store: Store
  readonly cache: Cache
  readonly now: Clock
  readonly quotes: Pick<QuoteReader, 'asOf'>
  /** What selling costs, as the order service charges it. */
  readonly feeBasisPoints: bigint
  /** Absent when none is configured. */
  readonly model: LanguageModel | undefined
  /** Texts that are being written now. */
  readonly flights: Flights<Writing>
  /** Whether the rules may replace the model. */
  readonly allowsFallback: boolean
  /** How long an answer waits for the model. */
  readonly answerMs: number
  readonly cacheSeconds: number
  readonly answers: InsightAnswers
}

export type Context = Deps & RequestScope
