import { at, expectEqual, newKey, noErrors, type Chapter, type Step } from '../story.ts'

const claim = (): Step => ({
  says: 'They open the red pocket of the day.',
  operation: 'DemoClaimRedPocket',
  variables: () => ({ input: { key: newKey(), phrase: 'good luck' } }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'claimRedPocket.amount'), '8.88', 'the amount')
    return '$8.88'
  },
})

const claimAgain = (): Step => ({
  says: 'A second one on the same day is refused.',
  operation: 'DemoClaimRedPocket',
  variables: () => ({ input: { key: newKey(), phrase: 'good luck' } }),
  check: ({ errorCodes }) => {
    expectEqual(errorCodes.join(','), 'ALREADY_CLAIMED_TODAY', 'the refusal')
    return 'ALREADY_CLAIMED_TODAY'
  },
})

const flagship = (): Step => ({
  says: 'One query shows the whole portfolio, from five services.',
  operation: 'DemoFlagship',
  variables: () => ({}),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'me.portfolio.holdings.0.quantity'), '0.015', 'the quantity of BTC')
    expectEqual(at(answer.data, 'me.portfolio.redPocket.claimedToday'), true, 'the red pocket')
    const summary = String(at(answer.data, 'me.portfolio.insight.summary'))
    if (summary.length < 20) throw new Error('the insight is empty')
    return `$${String(at(answer.data, 'me.portfolio.totalValue'))} in all. ${summary}`
  },
})

const activity = (): Step => ({
  says: 'Every movement is in the journal.',
  operation: 'DemoActivity',
  variables: () => ({}),
  check: (answer) => {
    noErrors(answer)
    const nodes = at(answer.data, 'me.portfolio.activity.nodes') as readonly { kind: string }[]
    return nodes.map(({ kind }) => kind).join(', ')
  },
})

const ledgerHealth = (): Step => ({
  says: 'The ledger is balanced.',
  operation: 'DemoLedgerHealth',
  variables: () => ({}),
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
