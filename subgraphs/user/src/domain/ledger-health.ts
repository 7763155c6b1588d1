/** The last full verification of the ledger, in its public form: no names, no amounts. */
export interface LedgerHealth {
  readonly isBalanced: boolean
  readonly accounts: number
  readonly entries: number
  /** Absent before the first verification. */
  readonly verifiedAt: string | undefined
  readonly assets: readonly { readonly assetId: string; readonly isBalanced: boolean }[]
}

export const unverifiedLedger: LedgerHealth = {
  isBalanced: true,
  accounts: 0,
  entries: 0,
  verifiedAt: undefined,
  assets: [],
}
