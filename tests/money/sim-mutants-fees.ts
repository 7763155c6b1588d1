import type { Account } from '@cnop/ledger/account'
import { post } from '@cnop/ledger/post'
import type { Mutant } from './sim-world.ts'

type Post = typeof post

/** The volumes of an account, as a bug counts them. */
const spoilVolumes =
  (spoil: (after: Account, before: Account, fee: bigint, kind: string) => string): Post =>
  (state, entry, at) => {
    const change = post(state, entry, at)
    if (entry.kind !== 'BUY' && entry.kind !== 'SELL') return change
    const { account, before } = change
    const volumes = spoil(account, before.account, entry.fee ?? 0n, entry.kind)
    return { ...change, account: { ...account, volumes } }
  }

const addToLast = (volumes: string, amount: bigint): string =>
  volumes.replace(/\d+$/, (cents) => (BigInt(cents) + amount).toString())

const lastOf = (volumes: string): string => volumes.slice(volumes.lastIndexOf(' ') + 1)

/** Plausible bugs in fees, and in the volumes that they depend on. */
export const feeMutants: readonly Mutant[] = [
  {
    name: 'the volume counts the fees',
    post: spoilVolumes(({ volumes }, _before, fee) => addToLast(volumes, fee)),
  },
  {
    name: 'the volume counts no sales',
    post: spoilVolumes((after, before, _fee, kind) =>
      kind === 'SELL' ? before.volumes : after.volumes,
    ),
  },
  { name: 'the volume forgets the days before', post: spoilVolumes((a) => lastOf(a.volumes)) },
  { name: 'an order counts toward its own fee', countsOwnValue: true },
  { name: 'the fee ignores the volume', ignoresVolume: true },
  { name: 'a limit order that waited pays as a taker', takesMakers: true },
  { name: 'a triggered stop pays as a maker', makesTakers: true },
  { name: 'a fill is charged the fee of its moment', chargesFeeOfNow: true },
  { name: 'a stop buy sets the fee of a maker aside', holdsMakerFee: true },
]
