import type { Store } from '@cnop/kit/dynamo'
import DataLoader from 'dataloader'
import { type ClaimDay, readClaimed } from './store/claims.ts'

export type ClaimLoader = DataLoader<ClaimDay, boolean, string>

/** Nothing is cached beyond a batch: a claim earlier in the same request changes the answer. */
export const createClaimLoader = (store: Store): ClaimLoader =>
  new DataLoader((days) => readClaimed(store, days), { cache: false, maxBatchSize: 100 })
