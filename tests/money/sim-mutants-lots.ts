import { type Usd, usdFromCents } from '@cnop/kit/money'
import type { Change, Holding } from '@cnop/ledger/account'
import { type JournalEntry, withHash } from '@cnop/ledger/chain'
import type { Entry, EntryKind } from '@cnop/ledger/entry'
import { type Lot, packLots, sumLots, unpackLots } from '@cnop/ledger/lots'
import { post } from '@cnop/ledger/post'
import type { Mutant } from './sim-world.ts'

type Post = typeof post
type Spoil = (lots: readonly Lot[], before: readonly Lot[], change: Change) => readonly Lot[]

const lotsBefore = ({ before }: Change, { assetId }: Holding): readonly Lot[] =>
  unpackLots(before.holdings.get(assetId)?.lots ?? '')

/** Changes the lots of the holdings that an entry of a kind changes, and the cost basis with them where `isWhole`. */
const spoilLots =
  (kinds: readonly EntryKind[], spoil: Spoil, isWhole = false): Post =>
  (state, entry, at) => {
    const change = post(state, entry, at)
    if (!kinds.includes(entry.kind)) return change
    const holdings = change.holdings.map((holding) => {
      const lots = spoil(unpackLots(holding.lots), lotsBefore(change, holding), change)
      const costBasis = isWhole ? sumLots(lots).basis : holding.costBasis
      return { ...holding, costBasis, lots: packLots(lots) }
    })
    return { ...change, holdings }
  }

const withoutCent = (basis: Usd): Usd => usdFromCents(basis > 0n ? basis - 1n : 0n)

/** Writes another entry than the right one, with a valid hash. */
const spoilEntry =
  (kind: EntryKind, spoil: (entry: JournalEntry) => JournalEntry): Post =>
  (state, entry, at) => {
    const change = post(state, entry, at)
    if (entry.kind !== kind) return change
    const { hash: _hash, ...content } = spoil(change.entry)
    const spoiled = withHash(content)
    return { ...change, entry: spoiled, account: { ...change.account, head: spoiled.hash } }
  }

/** Posts with the lots in another order, and puts what is left in the right order again. */
const takesNewestFirst: Post = (state, entry, at) => {
  if (entry.kind !== 'SELL') return post(state, entry, at)
  const turn = (holding: Holding): Holding => ({
    ...holding,
    lots: packLots([...unpackLots(holding.lots)].reverse()),
  })
  const holdings = new Map([...state.holdings].map(([id, holding]) => [id, turn(holding)]))
  const change = post({ ...state, holdings }, entry, at)
  return { ...change, before: state, holdings: change.holdings.map(turn) }
}

/** As before there were lots: a sale takes its share of every lot. */
const takesAverage = spoilLots(
  ['SELL'],
  (lots, before) => {
    const [was, is] = [sumLots(before), sumLots(lots)]
    return before.map((lot) => ({
      ...lot,
      quantity: ((lot.quantity * is.quantity) / was.quantity) as Lot['quantity'],
      basis: usdFromCents((lot.basis * is.quantity) / was.quantity),
    }))
  },
  true,
)

const withoutLots = ({ lots: _lots, lotMethod: _method, ...entry }: JournalEntry): JournalEntry =>
  entry

const withoutMethod = ({ lotMethod: _method, ...entry }: JournalEntry): JournalEntry => entry

/** A sale by the other method than the account has chosen. */
const ignoresChoice: Post = (state, entry: Entry, at) => {
  const { account } = state
  const change = post({ ...state, account: { ...account, lotMethod: 'FIFO' } }, entry, at)
  return { ...change, account: { ...change.account, lotMethod: account.lotMethod } }
}

/** A sale that names its lots, by the choice of its account. */
const ignoresNamed: Post = (state, { namedLots: _named, ...entry }, at) => post(state, entry, at)

const turnsNamed: Post = (state, entry, at) =>
  post(state, entry.namedLots ? { ...entry, namedLots: [...entry.namedLots].reverse() } : entry, at)

const forgetsChoice: Post = (state, entry, at) => {
  const change = post(state, entry, at)
  return { ...change, account: { ...change.account, lotMethod: 'FIFO' } }
}

const joinAll = (lots: readonly Lot[]): readonly Lot[] => {
  const newest = lots.at(-1)
  return newest ? [{ day: newest.day, ...sumLots(lots) }] : []
}

const splitLast = (lots: readonly Lot[]): readonly Lot[] =>
  lots.flatMap((lot, at) => {
    if (at < lots.length - 1 || lot.quantity < 2n) return [lot]
    const quantity = (lot.quantity / 2n) as Lot['quantity']
    const basis = usdFromCents(lot.basis / 2n)
    const rest = (lot.quantity - quantity) as Lot['quantity']
    return [
      { ...lot, quantity, basis },
      { ...lot, quantity: rest, basis: usdFromCents(lot.basis - basis) },
    ]
  })

/** Plausible bugs in the lots of holdings. */
export const lotMutants: readonly Mutant[] = [
  { name: 'a lot is sold twice', post: spoilLots(['SELL'], (_lots, before) => before) },
  {
    name: 'a basis is lost by rounding',
    post: spoilLots(
      ['SELL'],
      (lots) => lots.map((lot, at) => (at ? lot : { ...lot, basis: withoutCent(lot.basis) })),
      true,
    ),
  },
  { name: 'a sale takes the newest lots first', post: takesNewestFirst },
  { name: 'a sale takes its share of all lots', post: takesAverage },
  {
    name: 'a buy does not change the lots',
    post: spoilLots(['BUY'], (lots, before) => (before.length > 0 ? before : lots)),
  },
  { name: 'a buy joins the lots of other days', post: spoilLots(['BUY'], joinAll) },
  { name: 'two buys of one day are two lots', post: spoilLots(['BUY'], splitLast) },
  {
    name: 'a hold loses the days of the lots',
    post: spoilLots(['HOLD'], (lots) => joinAll(lots).map((lot) => ({ ...lot, day: '' }))),
  },
  { name: 'the entry of a sale names no lots', post: spoilEntry('SELL', withoutLots) },
  { name: 'the entry of a buy names no lot', post: spoilEntry('BUY', withoutLots) },
  {
    name: 'the entry of a sale does not say how it chose',
    post: spoilEntry('SELL', withoutMethod),
  },
  { name: 'a sale ignores the choice of lots', post: ignoresChoice },
  { name: 'a sale ignores the lots that it names', post: ignoresNamed },
  { name: 'a sale takes the lots that it names from the last one on', post: turnsNamed },
  { name: 'a movement forgets the choice of lots', post: forgetsChoice },
  { name: 'a sale is not counted in its year', losesGain: true },
  { name: 'a sale overwrites the gains of its year', overwritesGain: true },
  { name: 'the gains of a year count the fee twice', countsFeeTwice: true },
  { name: 'a sale counts in the year of its purchase', countsByPurchase: true },
]
