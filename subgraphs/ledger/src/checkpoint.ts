import { canonicalJson } from '@cnop/kit/canonical-json'
import { z } from 'zod'
import { type Replay, startReplay } from './replay.ts'
import { poolLots, readLots, showLots } from './replay-lots.ts'

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
  // A checkpoint of before accounts kept their volume has none; the account says from which day on it counts.
  volumes: z.array(z.tuple([z.string(), amount])).default([]),
  // The text of the lots is left out where it is one lot of no known day.
  holdings: z.array(z.tuple([z.string(), amount, amount, amount, z.string().optional()])),
  holds: z.array(z.tuple([z.string(), z.string(), amount])),
})

const byId = ([one]: readonly [string, ...unknown[]], [other]: readonly [string, ...unknown[]]) =>
  one < other ? -1 : 1

type Held = Replay['holdings'] extends Map<string, infer Each> ? Each : never

/** A checkpoint of before lots were kept reads the same, and is written the same, until a trade makes lots. */
function packHolding(id: string, { available, held, costBasis, lots }: Held) {
  const text = showLots(lots)
  const isPooled = text === showLots(poolLots(available + held, costBasis))
  return [id, available, held, costBasis, ...(isPooled ? [] : [text])] as const
}

/** An asset that is not owned any more is left out, so that the state grows with what is owned, not with the journal. */
export function toCheckpoint(replay: Replay): Checkpoint {
  const { available, held, day, deposited, withdrawn, paidIn, latestMs } = replay
  const pockets = replay.pockets.map((pocket) => [
    pocket.sequence,
    pocket.openedAtMs,
    pocket.amount,
  ])
  const volumes = [...replay.volumes].sort(byId)
  const holdings = [...replay.holdings]
    .filter(([, { available: free, held: kept, costBasis }]) => free + kept + costBasis !== 0n)
    .map(([id, holding]) => packHolding(id, holding))
    .sort(byId)
  const holds = [...replay.holds]
    .map(([id, hold]) => [id, hold.assetId, hold.amount] as const)
    .sort(byId)
  const values = { available, held, day, deposited, withdrawn, paidIn, latestMs }
  return {
    sequence: replay.sequence,
    head: replay.head,
    state: canonicalJson({ ...values, pockets, volumes, holdings, holds }),
  }
}

/** A replay that goes on behind a checkpoint, or begins at the start of the journal. */
export function resumeReplay(username: string, checkpoint: Checkpoint | undefined): Replay {
  if (!checkpoint) return startReplay(username)
  const { pockets, volumes, holdings, holds, ...values } = state.parse(JSON.parse(checkpoint.state))
  return {
    ...startReplay(username),
    ...values,
    sequence: checkpoint.sequence,
    head: checkpoint.head,
    pockets: pockets.map(([sequence, openedAtMs, sum]) => ({ sequence, openedAtMs, amount: sum })),
    volumes: new Map(volumes),
    holdings: new Map(
      holdings.map(([id, available, held, costBasis, lots]) => [
        id,
        {
          ...{ available, held, costBasis },
          lots: lots === undefined ? poolLots(available + held, costBasis) : readLots(lots),
        },
      ]),
    ),
    holds: new Map(holds.map(([id, assetId, sum]) => [id, { assetId, amount: sum }])),
  }
}
