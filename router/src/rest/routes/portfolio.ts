import { z } from 'zod'
import { Refusal } from '../../errors/refusal.ts'
import { value } from '../fields.ts'
import { defineRoute, type Route } from '../route.ts'

interface Portfolio {
  readonly me: {
    readonly portfolio: {
      readonly holdings: readonly {
        readonly assetId: string
        readonly quantity: string
        readonly marketValue: string | null
        readonly asset: { readonly quote: { readonly price: string } | null } | null
      }[]
      readonly allocation: readonly { readonly assetId: string; readonly percent: number }[] | null
    }
  }
}

const readPortfolio = defineRoute({
  method: 'get',
  path: '/portfolio',
  tag: 'Portfolio',
  summary: 'Lists the caller’s holdings with their share of cash and assets',
  isProtected: true,
  operation: 'RestPortfolio',
  status: 200,
  inputs: {},
  variables: () => ({}),
  answer: z.strictObject({
    assets: z.array(
      z.strictObject({
        asset_id: z.string(),
        quantity: value.quantity,
        current_price: value.price,
        market_value: value.money,
        percentage: z.string().regex(/^\d+(?:\.\d+)?$/),
      }),
    ),
  }),
  shape: ({ me: { portfolio } }: Portfolio) => {
    const shares = new Map(portfolio.allocation?.map(({ assetId, percent }) => [assetId, percent]))
    return {
      assets: portfolio.holdings.map(({ assetId, quantity, marketValue, asset }) => ({
        asset_id: assetId,
        quantity,
        current_price: asset?.quote?.price ?? '0',
        market_value: marketValue ?? '0.00',
        percentage: String(shares.get(assetId) ?? 0),
      })),
    }
  },
})

interface Insight {
  readonly me: {
    readonly portfolio: {
      readonly insight: {
        readonly summary: string
        readonly generatedAt: string
        readonly model: string | null
        readonly engine: string
      } | null
    }
  }
}

const readInsight = defineRoute({
  method: 'get',
  path: '/insights/portfolio',
  tag: 'Portfolio',
  summary: 'Describes the portfolio in a few sentences',
  description:
    'Without a language model the sentences are made from the findings; `model` is `rules` then.',
  isProtected: true,
  operation: 'RestInsight',
  status: 200,
  statuses: { INSIGHTS_BLOCKED: 429 },
  inputs: {},
  variables: () => ({}),
  answer: z.strictObject({
    data: z.strictObject({
      summary: z.string().min(1),
      generated_at: value.time,
      model: z.string(),
    }),
  }),
  shape: ({ me: { portfolio } }: Insight) => {
    const { insight } = portfolio
    if (!insight) throw new Refusal('INSIGHTS_UNAVAILABLE')
    return {
      data: {
        summary: insight.summary,
        generated_at: insight.generatedAt,
        model: insight.model ?? insight.engine.toLowerCase(),
      },
    }
  },
})

interface Claim {
  readonly claimRedPocket: { readonly amount: string; readonly size: 'BIG' | 'SMALL' }
}

const claimRedPocket = defineRoute({
  method: 'post',
  path: '/cny/claim',
  tag: 'Portfolio',
  summary: 'Opens today’s red pocket with a phrase',
  isProtected: true,
  isCommand: true,
  operation: 'RestClaimRedPocket',
  example: { phrase: '恭喜发财' },
  status: 201,
  inputs: { body: z.object({ phrase: z.string().min(1).max(200) }) },
  variables: ({ body }, { key }) => ({ input: { key, phrase: body.phrase } }),
  answer: z.strictObject({
    success: z.literal(true),
    message: z.string(),
    amount: value.money,
    got_red_pocket: z.boolean(),
    timestamp: value.time,
  }),
  shape: ({ claimRedPocket: { amount, size } }: Claim, { call }) => ({
    success: true,
    message:
      size === 'BIG'
        ? `A big red pocket: $${amount} is yours. Happy New Year!`
        : `A small red pocket with $${amount}. Happy New Year!`,
    amount,
    got_red_pocket: size === 'BIG',
    timestamp: call.nowIso,
  }),
})

export const portfolioRoutes: readonly Route[] = [readPortfolio, readInsight, claimRedPocket]
