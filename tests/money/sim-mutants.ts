import { usdFromCents } from '@cnop/kit/money'
import type { Account, Change, Holding } from '@cnop/ledger/account'
import { post } from '@cnop/ledger/post'
import { feeMutants } from './sim-mutants-fees.ts'
import { partMutants } from './sim-mutants-parts.ts'
import { lotMutants } from './sim-mutants-lots.ts'
import type { Mutant } from './sim-world.ts'

type Post = typeof post

/** The real core with a modified result. */
const after =
  (spoil: (change: Change) => Change): Post =>
  (state, entry, at) =>
    spoil(post(state, entry, at))

const withAccount = (change: Change, fields: Partial<Account>): Change => ({
  ...change,
  account: { ...change.account, ...fields },
})

const withHoldings = (change: Change, spoil: (holding: Holding) => Holding): Change => ({
  ...change,
  holdings: change.holdings.map(spoil),
})

const swapsSign: Post = after((change) => {
  if (change.entry.kind !== 'WITHDRAWAL') return change
  const { available } = change.before.account
  const doubled = available - change.account.available
  return withAccount(change, { available: usdFromCents(available + doubled) })
})

const dropsHoldRelease: Post = after((change) =>
  change.entry.kind === 'RELEASE'
    ? withAccount(change, { held: change.before.account.held })
    : change,
)

/** The counters are kept after midnight. */
const keepsDayCounters: Post = (state, entry, at) => {
  const day = new Date(at.nowMs).toISOString().slice(0, 10)
  return post({ ...state, account: { ...state.account, day } }, entry, at)
}

const forgetsToCount: Post = after((change) =>
  withAccount(change, { depositedToday: change.before.account.depositedToday }),
)

const ignoresLimits: Post = (state, entry, at) =>
  post(state, entry, {
    ...at,
    limits: {
      ...at.limits,
      deposit: usdFromCents(10n ** 12n),
      withdrawal: usdFromCents(10n ** 12n),
    },
  })

const ignoresHold: Post = (state, entry, at) =>
  post(state, entry, { ...at, limits: { ...at.limits, redPocketHoldMs: 0 } })

/** A command that moves no red pocket deletes earlier ones. */
const forgetsPockets: Post = after((change) =>
  change.entry.kind === 'RED_POCKET' ? change : withAccount(change, { pockets: [] }),
)

const keepsCostBasis: Post = after((change) =>
  change.entry.kind === 'SELL'
    ? withHoldings(change, (holding) => ({
        ...holding,
        costBasis: change.before.holdings.get(holding.assetId)?.costBasis ?? holding.costBasis,
      }))
    : change,
)

const waivesFee: Post = after((change) =>
  withAccount(change, {
    available: usdFromCents(change.account.available + (change.entry.fee ?? 0n)),
  }),
)

/** Cash may become negative. */
const lendsCash: Post = (state, entry, at) => {
  const loan = 10n ** 9n
  const { account } = state
  const rich = { ...account, available: usdFromCents(account.available + loan) }
  const change = post({ ...state, account: rich }, entry, at)
  return withAccount(change, { available: usdFromCents(change.account.available - loan) })
}

const keepsHead: Post = after((change) => withAccount(change, { head: change.before.account.head }))

const keepsSequence: Post = after((change) =>
  withAccount(change, { sequence: change.before.account.sequence }),
)

const losesHeldAsset: Post = after((change) =>
  change.entry.kind === 'HOLD'
    ? withHoldings(change, (holding) => ({
        ...holding,
        available: change.before.holdings.get(holding.assetId)?.available ?? holding.available,
      }))
    : change,
)

const forgetsPaidIn: Post = after((change) =>
  withAccount(change, { paidIn: change.before.account.paidIn }),
)

const forgetsMark: Post = after((change) =>
  withAccount(change, { unverifiedSince: change.before.account.unverifiedSince }),
)

/** The clock of another process is an hour slow, and its time is taken as it is. */
const datesBack: Post = (state, entry, at) => {
  const { account } = state
  if (account.sequence % 4n !== 3n) return post(state, entry, at)
  const unaware = { ...state, account: { ...account, movedAt: undefined } }
  return post(unaware, entry, { ...at, nowMs: at.nowMs - 3_600_000 })
}

/** Each is a plausible bug in the ledger, in its store or in a decision. */
export const mutants: readonly Mutant[] = [
  { name: 'a withdrawal has the wrong sign', post: swapsSign },
  { name: 'a release keeps the hold', post: dropsHoldRelease },
  { name: 'the day counters are not reset', post: keepsDayCounters },
  { name: 'a deposit is not counted', post: forgetsToCount },
  { name: 'the daily limits are not enforced', post: ignoresLimits },
  { name: 'a red pocket on hold is withdrawn', post: ignoresHold },
  { name: 'the red pockets are forgotten', post: forgetsPockets },
  { name: 'a sale keeps the cost basis', post: keepsCostBasis },
  { name: 'the fee is not taken', post: waivesFee },
  { name: 'cash may be negative', post: lendsCash },
  { name: 'the head of the chain is not updated', post: keepsHead },
  { name: 'the sequence is not updated', post: keepsSequence },
  { name: 'a held quantity remains available', post: losesHeldAsset },
  { name: 'the version condition is skipped', skipsVersion: true },
  { name: 'the version of a holding is not checked', skipsHoldingVersion: true },
  { name: 'the guard row is not written', losesGuard: true },
  { name: 'the guard row has no condition', skipsGuardCondition: true, skipsVersion: true },
  { name: 'an expired guard row counts', countsExpiredGuard: true },
  { name: 'the journal entry is not written', losesEntry: true },
  { name: 'the cause is not written', losesCause: true },
  { name: 'the row of a sold holding remains', keepsSoldHolding: true },
  { name: 'a refusal is returned without reading the key again', hidesGuardFromRefusals: true },
  { name: 'an unknown outcome is returned as contention', reportsUnknownAsContention: true },
  { name: 'the closing is not written', losesClosing: true },
  { name: 'the closing counts the entry that writes it', closesAfter: true },
  { name: 'the cash paid in is not counted', post: forgetsPaidIn },
  { name: 'an entry is dated before the last one', post: datesBack },
  { name: 'the account is not marked for the verifier', post: forgetsMark },
  { name: 'a checkpoint is written before its entries are verified', checkpointsFirst: true },
  { name: 'the head of a checkpoint is not compared', ignoresHead: true },
  { name: 'a checkpoint lacks the balance', losesBalance: true },
  { name: 'a checkpoint lacks the holds', losesHolds: true },
  { name: 'the mark of an account that moved is removed', removesMarkOfMoved: true },
  { name: 'a later checkpoint is overwritten', overwritesCheckpoint: true },
  { name: 'buys are rounded down', roundsBuysDown: true },
  { name: 'sales are rounded up', roundsSalesUp: true },
  { name: 'an order for an amount of cash pays its fee on top', sizesWithoutFee: true },
  { name: 'a part of a holding is sold for nothing', sellsForNothing: true },
  { name: 'a fill keeps the unused hold', keepsUnusedHold: true },
  { name: 'a cancelled order keeps its hold', forgetsRelease: true },
  { name: 'a client order id is claimed twice', ignoresUsedName: true, skipsNameCondition: true },
  { name: 'an IOC order keeps its hold', keepsHoldOfIoc: true },
  { name: 'an IOC order waits', letsIocWait: true },
  { name: 'a replacement frees the old hold twice', freesReplacedTwice: true },
  { name: 'a replacement keeps the old hold', keepsReplacedHold: true },
  { name: 'a replacement leaves the old order open', leavesReplacedOpen: true },
  { name: 'a replacement loses the new order', losesReplacement: true },
  { name: 'a stop triggers on the wrong side', triggersOnWrongSide: true },
  { name: 'a stop fills before it is triggered', fillsUntriggered: true },
  { name: 'a stop buy holds no allowance', holdsStopPriceOnly: true },
  { name: 'a stop buy takes more than it holds', fillsBeyondHold: true },
  { name: 'a trailing stop moves the wrong way', trailsBackwards: true },
  {
    name: 'a stop that has moved meanwhile is overwritten',
    ...{ skipsStopCondition: true, foundBy: 598 },
  },
  { name: 'a trailing stop loses its distance', forgetsDistance: true },
  { name: 'a trailing buy holds only what its moved stop needs', shrinksTrailHold: true },
  { name: 'the exits of a trailing buy stay behind', leavesExitsBehind: true },
  { name: 'the stop of an OCO order fills beyond its limit', ignoresStopLimit: true },
  { name: 'an OCO buy holds what its limit needs', holdsLimitOfOco: true },
  { name: 'an OCO order holds for both of its sides', holdsBothSides: true },
  { name: 'the stop of an OCO order outlives the fill of its limit', keepsOcoOpen: true },
  { name: 'the exits of a bracket are lost', losesExit: true },
  { name: 'the exits of a bracket hold nothing', holdsNothingForExit: true },
  { name: 'the exits of a bracket sell more than was bought', sellsMoreThanBought: true },
  { name: 'a cancelled entry opens the exits of its bracket', opensExitOfCancelled: true },
  { name: 'a triggered sale of a part of a holding pays nothing', fillsForNothing: true },
  { name: 'a recurring order runs twice at the change of the clock', runsTwiceAtClockChange: true },
  { name: 'a recurring order forgets a run', losesRun: true },
  { name: 'a skipped date of a recurring order counts as bought', recordsSkippedAsBought: true },
  ...lotMutants,
  ...feeMutants,
  ...partMutants,
  { name: 'a buy pays the bid, and a sale the ask', swapsSides: true },
  { name: 'a large order pays the best price for all', ignoresDepth: true },
  { name: 'the best level of the market never ends', stretchesBestLevel: true },
  { name: 'a limit order fills where only the mid price is at its limit', ignoresLimit: true },
]
