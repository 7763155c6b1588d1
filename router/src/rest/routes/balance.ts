import { formatUsd, parseUsd } from '@cnop/kit/money'
import { z } from 'zod'
import { Refusal } from '../../errors/refusal.ts'
import { field, value } from '../fields.ts'
import { type Connection, defineRoute, type Route } from '../route.ts'
import { clampWindow, lenientWindow, wholeWindow } from './windows.ts'

interface Balance {
  readonly me: {
    readonly createdAt: string
    readonly portfolio: {
      readonly cash: { readonly available: string }
      readonly activity: { readonly nodes: readonly { readonly createdAt: string }[] }
    }
  }
}

const readBalance = defineRoute({
  method: 'get',
  path: '/balance',
  tag: 'Balance',
  summary: 'Shows the cash that can be spent now',
  isProtected: true,
  operation: 'RestBalance',
  status: 200,
  inputs: {},
  variables: () => ({}),
  answer: z.strictObject({ current_balance: value.money, updated_at: value.time }),
  shape: ({ me: { createdAt, portfolio } }: Balance) => ({
    current_balance: portfolio.cash.available,
    updated_at: portfolio.activity.nodes[0]?.createdAt ?? createdAt,
  }),
})

const cashReceipt = z.strictObject({
  success: z.literal(true),
  message: z.string(),
  transaction_id: z.string(),
  timestamp: value.time,
})

interface Receipt {
  readonly entry: { readonly id: string; readonly createdAt: string }
}

const showReceipt = (message: string, { entry }: Receipt): z.infer<typeof cashReceipt> => ({
  success: true,
  message,
  transaction_id: entry.id,
  timestamp: entry.createdAt,
})

const cashMovement = {
  tag: 'Balance',
  method: 'post',
  isProtected: true,
  isCommand: true,
  status: 201,
  answer: cashReceipt,
} as const

const inputs = { body: z.object({ amount: field.amount }) }

const deposit = defineRoute({
  ...cashMovement,
  path: '/balance/deposit',
  summary: 'Pays cash in, up to 10,000 a day',
  operation: 'RestDeposit',
  example: { amount: '250.50' },
  inputs,
  variables: ({ body }, { key }) => ({ input: { key, amount: body.amount } }),
  shape: (data: { readonly deposit: Receipt }, { input }) =>
    showReceipt(`Successfully deposited $${formatUsd(parseUsd(input.body.amount))}`, data.deposit),
})

const withdraw = defineRoute({
  ...cashMovement,
  path: '/balance/withdraw',
  summary: 'Pays cash out, up to 5,000 a day',
  operation: 'RestWithdraw',
  example: { amount: '250.50' },
  inputs,
  variables: ({ body }, { key }) => ({ input: { key, amount: body.amount } }),
  shape: (data: { readonly withdraw: Receipt }, { input }) =>
    showReceipt(`Successfully withdrew $${formatUsd(parseUsd(input.body.amount))}`, data.withdraw),
})

/** The contract's names for the kinds of the journal. */
const cashWords = {
  DEPOSIT: 'deposit',
  RED_POCKET: 'deposit',
  WITHDRAWAL: 'withdraw',
  BUY: 'order_payment',
  SELL: 'order_sale',
} as const

interface CashEntry {
  readonly id: string
  readonly kind: keyof typeof cashWords
  readonly cashChange: string
  readonly createdAt: string
}

interface CashEntries {
  readonly me: { readonly portfolio: { readonly activity: Connection<CashEntry> } }
}

const listCashEntries = defineRoute({
  method: 'get',
  path: '/balance/transactions',
  tag: 'Balance',
  summary: 'Lists every movement of cash, newest first',
  isProtected: true,
  operation: 'RestCashTransactions',
  status: 200,
  inputs: { query: lenientWindow },
  variables: () => ({}),
  page: {
    connection: ({ me }: CashEntries) => me.portfolio.activity,
    window: ({ query }) => clampWindow(query),
  },
  answer: z.strictObject({
    transactions: z.array(
      z.strictObject({
        transaction_id: z.string(),
        transaction_type: z.enum(['deposit', 'withdraw', 'order_payment', 'order_sale']),
        amount: value.money,
        status: z.literal('completed'),
        created_at: value.time,
      }),
    ),
    total_count: z.int().meta({ description: 'The number of entries of this page.' }),
  }),
  shape: (_data, { page: { nodes } }) => ({
    transactions: nodes.map((node) => ({
      transaction_id: node.id,
      transaction_type: cashWords[node.kind],
      amount: node.cashChange,
      status: 'completed',
      created_at: node.createdAt,
    })),
    total_count: nodes.length,
  }),
})

const assetBalance = z.strictObject({
  asset_id: z.string(),
  asset_name: z.string(),
  quantity: value.quantity,
  current_price: z.number(),
  total_value: z.number(),
  created_at: value.time,
  updated_at: value.time,
})

interface Holding {
  readonly assetId: string
  readonly quantity: string
  readonly marketValue: string | null
  readonly asset: {
    readonly name: string
    readonly quote: { readonly price: string } | null
  } | null
}

interface TradeTime {
  readonly assetId: string
  readonly createdAt: string
}

/** A holding, with the times of its first and its last trade. Trades come newest first. */
function showHolding(holding: Holding, trades: readonly TradeTime[]): z.infer<typeof assetBalance> {
  const times = trades.flatMap(({ assetId, createdAt }) =>
    assetId === holding.assetId ? [createdAt] : [],
  )
  return {
    asset_id: holding.assetId,
    asset_name: holding.asset?.name ?? holding.assetId,
    quantity: holding.quantity,
    current_price: Number(holding.asset?.quote?.price ?? 0),
    total_value: Number(holding.marketValue ?? 0),
    created_at: times.at(-1) ?? '',
    updated_at: times[0] ?? '',
  }
}

interface OneHolding {
  readonly me: {
    readonly portfolio: {
      readonly holding: Holding | null
      readonly activity: Connection<TradeTime>
    }
  }
}

const readAssetBalance = defineRoute({
  method: 'get',
  path: '/balance/asset/{asset_id}',
  tag: 'Balance',
  summary: 'Shows what the caller holds of one asset',
  isProtected: true,
  operation: 'RestAssetBalance',
  status: 200,
  refusals: { 404: 'The caller holds none of the asset.' },
  inputs: { path: z.object({ asset_id: field.assetId }) },
  variables: ({ path }) => ({ assetId: path.asset_id }),
  page: { connection: ({ me }: OneHolding) => me.portfolio.activity, window: () => wholeWindow },
  answer: assetBalance,
  shape: ({ me: { portfolio } }, { page, input }) => {
    if (!portfolio.holding)
      throw new Refusal('ASSET_NOT_FOUND', `You hold none of ${input.path.asset_id}.`)
    return showHolding(portfolio.holding, page.nodes)
  },
})

interface AllHoldings {
  readonly me: {
    readonly portfolio: {
      readonly holdings: readonly Holding[]
      readonly activity: Connection<TradeTime>
    }
  }
}

const listAssetBalances = defineRoute({
  method: 'get',
  path: '/assets/balances',
  tag: 'Balance',
  summary: 'Lists what the caller holds, by asset',
  isProtected: true,
  operation: 'RestAssetBalances',
  status: 200,
  inputs: {},
  variables: () => ({}),
  page: { connection: ({ me }: AllHoldings) => me.portfolio.activity, window: () => wholeWindow },
  answer: z.strictObject({ data: z.array(assetBalance), total_count: z.int() }),
  shape: ({ me: { portfolio } }, { page }) => ({
    data: portfolio.holdings.map((holding) => showHolding(holding, page.nodes)),
    total_count: portfolio.holdings.length,
  }),
})

export const balanceRoutes: readonly Route[] = [
  readBalance,
  deposit,
  withdraw,
  listCashEntries,
  readAssetBalance,
  listAssetBalances,
]
