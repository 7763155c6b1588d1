import type { InsightFailureCode } from './errors.ts'

export type FindingKind =
  | 'CONCENTRATION'
  | 'DRAWDOWN'
  | 'RALLY'
  | 'CASH_DRAG'
  | 'CHURN'
  | 'STABLECOIN_SHARE'
  | 'UNREALISED_LOSS'
  | 'UNREALISED_GAIN'
  | 'DIVERSIFIED'
  | 'EMPTY'

export type FindingSeverity = 'INFO' | 'NOTICE' | 'WARNING'

export interface Finding {
  readonly kind: FindingKind
  readonly severity: FindingSeverity
  /** One sentence. */
  readonly text: string
  readonly assetId?: string
}

export interface Insight {
  readonly summary: string
  readonly findings: readonly Finding[]
  readonly engine: 'GEMINI' | 'RULES'
  readonly model?: string
  readonly generatedAt: string
  readonly isCached: boolean
  readonly isPending: boolean
  readonly degradedReason?: InsightFailureCode
}
