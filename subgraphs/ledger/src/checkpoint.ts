import { canonicalJson } from '@cnop/kit/canonical-json'
import { z } from 'zod'
import { type Replay, startReplay } from './replay.ts'

/** What a journal amounts to after its first `sequence` entries, all of which were verified. */
export interface Checkpoint {
  readonly sequence: bigint
  /** The hash of that entry. */
  readonly head: string
  /** Everything else that a replay goes on with, as JSON: one text for one state. */
  readonly state: string
}

const amount = z.string().transform((digits) => BigInt(digits))
const state = z.strictObject({
  available: amount,
  held: amount,
  day: z.string(),
  deposited: amount,
  withdrawn: amount,
  paidIn: amount,
  latestMs: z.number(),
  pockets: z.array(z.tuple([amount, z.number(), amount])),
  holdings: z.array(z.tuple([z.string(), amount, amount, amount])),
  holds: z.array(z.tuple([z.string(), z.string(), amount])),
})

const byId = ([one]: readonly [string, ...unknown[]], [other]: readonly [string, ...unknown[]]) =>
  one < other ? -1 : 1

/** An asset that is not owned any more is left out, so that the state grows with what is owned, not with the journal. */
export function toCheckpoint(replay: Replay): Checkpoint {
  const { available, held, day, deposited, withdrawn, paidIn, latestMs } = replay
  const pockets = replay.pockets.map((pocket) => [
    pocket.sequence,
    pocket.openedAtMs,
    pocket.amount,
  ])
  const holdings = [...replay.holdings]
    .filter(([, { available: free, held: kept, costBasis }]) => free + kept + costBasis !== 0n)
    .map(([id, holding]) => [id, holding.available, holding.held, holding.costBasis] as const)
    .sort(byId)
  const holds = [...replay.holds]
    .map(([id, hold]) => [id, hold.assetId, hold.amount] as const)
    .sort(byId)
  const values = { available, held, day, deposited, withdrawn, paidIn, latestMs }
  return {
    sequence: replay.sequence,
    head: replay.head,
    state: canonicalJson({ ...values, pockets, holdings, holds }),
  }
}

/** A replay that goes on behind a checkpoint, or begins at the start of the journal. */
export function resumeReplay(username: string, checkpoint: Checkpoint | undefined): Replay {
  if (!checkpoint) return startReplay(username)
  const { pockets, holdings, holds, ...values } = state.parse(JSON.parse(checkpoint.state))
  return {
    ...startReplay(username),
    ...values,
    sequence: checkpoint.sequence,
    head: checkpoint.head,
    pockets: pockets.map(([sequence, openedAtMs, sum]) => ({ sequence, openedAtMs, amount: sum })),
    holdings: new Map(
      holdings.map(([id, available, held, costBasis]) => [id, { available, held, costBasis }]),
    ),
    holds: new Map(holds.map(([id, assetId, sum]) => [id, { assetId, amount: sum }])),
  }
}
