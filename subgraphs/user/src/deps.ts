import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import type { Profile } from '@cnop/kit/config'
import type { Store } from '@cnop/kit/dynamo'
import type { NewId } from '@cnop/kit/ids'
import type { Log } from '@cnop/kit/log'
import type { Usd } from '@cnop/kit/money'
import type { RequestScope } from '@cnop/kit/subgraph'
import type { LedgerDeps } from '@cnop/ledger/command'
import type { CandleReader } from '@cnop/quotes/candles'
import type { RestEmailChange } from './config.ts'
import type { QuoteReader } from '@cnop/quotes/quote'
import type { AccessTokenLifetime } from './domain/session.ts'
import type { HashLimiters } from './passwords/hash-limiter.ts'
import type { PasswordHasher } from './passwords/hasher.ts'
import type { Loaders } from './loaders.ts'
import type { SignAccessToken } from './tokens/access-token.ts'
import type { DeviceTokens } from './tokens/device-token.ts'

/** The dependencies of commands and resolvers. */
export interface Deps {
  /** Users, their claims and their sessions. */
  readonly store: Store
  /** Where accounts that end are handed to the services that have something of them. */
  readonly outbox: Store
  readonly bus: EventBus
  readonly now: Clock
  readonly newId: NewId
  readonly log: Log
  readonly ledger: LedgerDeps
  /** Past prices, for the history of a portfolio. */
  readonly candles: CandleReader
  readonly hasher: PasswordHasher
  readonly hashLimiters: HashLimiters
  readonly signAccessToken: SignAccessToken
  readonly devices: DeviceTokens
  readonly accessSeconds: Readonly<Record<AccessTokenLifetime, number>>
  readonly refreshSeconds: number
  /** How long a session lasts at most, however often it is refreshed. */
  readonly sessionSeconds: number
  readonly maxSessions: number
  readonly maxCashMovement: Usd
  /** Whether the legacy REST contract may change an e-mail address without a password. */
  readonly restEmailChange: RestEmailChange
  /** Demo accounts exist in the demo profile only. */
  readonly profile: Profile
  /** Is told of every session that ends; absent outside of a call. */
  readonly noteEnd?: (sessionId: string) => void
}

export type Context = Deps &
  RequestScope & {
    readonly loaders: Loaders
    /** Current prices, for what is owned now. */
    readonly quotes: Pick<QuoteReader, 'asOf'>
  }
