import { at, expectEqual, newKey, noErrors, type Chapter, type Step } from '../story.ts'

const claim = (): Step => ({
  says: 'They open the red pocket of the day.',
  note: "Once a day and user, by the store's condition and not by a check before it.",
  operation: 'DemoClaimRedPocket',
  variables: () => ({ input: { key: newKey(), phrase: 'good luck' } }),
  check: (answer) => {
    // Production asks for an account of a day.
    if (answer.errorCodes[0] === 'ACCOUNT_TOO_NEW') return 'ACCOUNT_TOO_NEW'
    noErrors(answer)
    expectEqual(at(answer.data, 'claimRedPocket.amount'), '8.88', 'the amount')
    return '$8.88'
  },
})

const claimAgain = (): Step => ({
  says: 'A second one on the same day is refused.',
  note: 'The refusal says when the next one can be opened.',
  operation: 'DemoClaimRedPocket',
  variables: () => ({ input: { key: newKey(), phrase: 'good luck' } }),
  check: ({ errorCodes }) => {
    const [refusal = 'none'] = errorCodes
    if (refusal === 'ACCOUNT_TOO_NEW') return refusal
    expectEqual(refusal, 'ALREADY_CLAIMED_TODAY', 'the refusal')
    return refusal
  },
})

const flagship = (): Step => ({
  says: 'One query shows the whole portfolio, from five services.',
  note: 'The router plans one query over five subgraphs. A service that is down costs its panel, not the page.',
  operation: 'DemoFlagship',
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'me.portfolio.holdings.0.assetId'), 'BTC', 'the holding')
    const claimed = at(answer.data, 'me.portfolio.redPocket.claimedToday')
    expectEqual(typeof claimed, 'boolean', 'the type of the red pocket’s state')
    const summary = String(at(answer.data, 'me.portfolio.insight.summary'))
    if (summary.length < 20) throw new Error('the insight is empty')
    return `$${String(at(answer.data, 'me.portfolio.totalValue'))} in all. ${summary}`
  },
})

interface Entry {
  readonly kind: string
  readonly cashChange: string
  readonly cashAfter: string
}

const cents = (amount: string): bigint => BigInt(amount.replace('.', ''))

const activity = (): Step => ({
  says: 'Every movement is in the journal.',
  note: 'Each entry contains the hash of the one before it.',
  operation: 'DemoActivity',
  check: (answer) => {
    noErrors(answer)
    const nodes = at(answer.data, 'me.portfolio.activity.nodes') as readonly Entry[]
    for (const [index, { cashAfter, cashChange }] of nodes.entries()) {
      const before = nodes[index + 1]
      if (before)
        expectEqual(cents(cashAfter) - cents(cashChange), cents(before.cashAfter), 'the cash')
    }
    return `${nodes.map(({ kind }) => kind).join(', ')}: each balance follows from the one before`
  },
})

const ledgerHealth = (): Step => ({
  says: 'The ledger is balanced.',
  note: 'A verifier replays what is new all the time. It closes the ledger if the sums ever differ.',
  operation: 'DemoLedgerHealth',
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'ledgerHealth.isBalanced'), true, 'the ledger’s balance')
    return `${String(at(answer.data, 'ledgerHealth.accounts'))} accounts, ${String(at(answer.data, 'ledgerHealth.entries'))} entries`
  },
})

/** They open the red pocket and look at what they own. */
export const lookAtPortfolio: Chapter = () => [
  claim(),
  claimAgain(),
  flagship(),
  activity(),
  ledgerHealth(),
]
