import {
  formatPrice,
  formatQuantity,
  formatUsd,
  priceFromUnits,
  quantityFromUnits,
  usdFromCents,
  zeroQuantity,
} from '@cnop/kit/money'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Answer, type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
let count = 0

beforeAll(async () => {
  world = await startOrderWorld({ ORDER_FEE_BASIS_POINTS: '37', ORDER_JOBS: 'false' })
})
afterAll(() => world.stop())

const previewQuery = `query ($input: PreviewOrderInput!) { previewOrder(input: $input) {
  outcome quantity price quotedAt total fee cashAfter quantityAfter refusal } }`
const placeMutation = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { status quantity quoteAmount price limitPrice stopPrice quotedAt total fee heldCash } } }`

interface Preview {
  readonly outcome: string
  readonly quantity: string
  readonly price: string
  readonly quotedAt: string
  readonly total: string
  readonly fee: string
  readonly cashAfter: string
  readonly quantityAfter: string
  readonly refusal: string | null
}

interface Placed {
  readonly status: string
  readonly quantity: string
  readonly quoteAmount: string | null
  readonly price: string | null
  readonly limitPrice: string | null
  readonly stopPrice: string | null
  readonly quotedAt: string | null
  readonly total: string | null
  readonly fee: string | null
  readonly heldCash: string | null
}

/** A price of any size, from a hundred-millionth of a cent to a million dollars. */
const prices = fc
  .tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 2, max: 12 }))
  .map(([digits, size]) => formatPrice(priceFromUnits(BigInt(digits) * 10n ** BigInt(size))))

/** What the order is worth at most, so that some are too small, some too large, and most just right. */
const worths = fc.integer({ min: 1, max: 1_500_000 })

const orders = fc.record({
  side: fc.constantFrom('BUY', 'SELL'),
  type: fc.constantFrom('MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT', 'TRAILING_STOP', 'OCO'),
  timeInForce: fc.constantFrom('GTC', 'DAY', 'IOC', 'FOK'),
  stopOffset: fc.integer({ min: -20, max: 20 }),
  price: prices,
  worth: worths,
  limitOffset: fc.integer({ min: -20, max: 20 }),
  sellsAll: fc.boolean(),
  byAmount: fc.boolean(),
})

type Drawn = typeof orders extends fc.Arbitrary<infer Value> ? Value : never

const quantityFor = (priceText: string, cents: number): string => {
  const units = Math.floor((cents / 100 / Number(priceText)) * 1e8)
  return formatQuantity(quantityFromUnits(BigInt(Math.min(Math.max(1, units), 10 ** 15))))
}

/** Gives the user as much of the asset as one purchase at a price of one dollar can. */
async function openTrader(username: string): Promise<string> {
  await world.openUser(username, '12000.00')
  const assetId = `T${username.slice(5).toUpperCase()}`
  world.quotes.set(assetId, '1')
  const input = { side: 'BUY', type: 'MARKET', assetId, quantity: '5000.00000007' }
  await world.ask(username, placeMutation, { input: { key: `setup-${username}`, ...input } })
  return assetId
}

async function balances(username: string, assetId: string) {
  const { available } = await world.account(username)
  const holding = await world.holding(username, assetId)
  return [formatUsd(available), formatQuantity(holding?.available ?? zeroQuantity)]
}

/** A distance as a share of the price, or as an amount, which may be too small or too large. */
function trailOf({ price, stopOffset, byAmount }: Drawn) {
  const share = Math.abs(stopOffset) * 4
  if (!byAmount) return { trailBasisPoints: 10 + share * 50 }
  return { trailAmount: ((Number(price) * share) / 100).toFixed(12) }
}

function drawTerms(drawn: Drawn) {
  const { type, price, limitOffset, stopOffset, timeInForce } = drawn
  const near = (offset: number): string => (Number(price) * (1 + offset / 100)).toFixed(12)
  if (type === 'TRAILING_STOP') return trailOf(drawn)
  const hasLimit = type === 'LIMIT' || type === 'STOP_LIMIT' || type === 'OCO'
  const hasStop = type === 'STOP' || type === 'STOP_LIMIT' || type === 'OCO'
  return {
    ...(hasLimit && { limitPrice: near(limitOffset) }),
    ...(hasStop && { stopPrice: near(stopOffset) }),
    ...(type === 'LIMIT' && { timeInForce }),
  }
}

function drawInput(drawn: Drawn, assetId: string) {
  const { side, type, price, worth, sellsAll, byAmount } = drawn
  if (type === 'MARKET' && byAmount) {
    return { side, type, assetId, quoteAmount: formatUsd(usdFromCents(BigInt(worth))) }
  }
  const quantity = side === 'SELL' && sellsAll ? '5000.00000007' : quantityFor(price, worth)
  return { ...{ side, type, assetId, quantity }, ...drawTerms(drawn) }
}

function expectSame(preview: Preview, placed: Placed): void {
  const isFilled = placed.status === 'COMPLETED'
  expect(preview.quantity).toBe(placed.quantity)
  if (placed.quoteAmount !== null) {
    expect(Number(placed.total)).toBeLessThanOrEqual(Number(placed.quoteAmount))
  }
  const outcomes = { COMPLETED: 'FILL', PENDING: 'WAIT', CANCELLED: 'CANCEL' }
  expect(preview.outcome).toBe(outcomes[placed.status as keyof typeof outcomes])
  expect(preview.price).toBe(isFilled ? placed.price : (placed.stopPrice ?? placed.limitPrice))
  if (isFilled) {
    expect([preview.total, preview.fee]).toEqual([placed.total, placed.fee])
    expect(preview.quotedAt).toBe(placed.quotedAt)
  } else if (placed.heldCash !== null) expect(preview.total).toBe(placed.heldCash)
  else if (placed.status === 'CANCELLED') expect(preview.total).toBe('0.00')
}

interface Trial {
  readonly preview: Preview | undefined
  /** The refusal that the preview reports. */
  readonly previewed: string | null
  readonly refusal: string | null
  readonly placed: Placed | undefined
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** Previews an order, then places it at the same quote. */
async function tryOrder(username: string, drawn: Drawn): Promise<Trial> {
  const assetId = await openTrader(username)
  world.quotes.set(assetId, drawn.price)
  const input = drawInput(drawn, assetId)
  const before = await balances(username, assetId)
  const asked = await world.ask(username, previewQuery, { input })
  const key = `key-${username}`
  const done = await world.ask(username, placeMutation, { input: { key, ...input } })
  const after = await balances(username, assetId)
  const preview = asked.data?.['previewOrder'] as Preview | undefined
  const previewed = preview ? preview.refusal : codeOf(asked)
  const refusal = codeOf(done)
  const placed = (done.data?.['placeOrder'] as { order: Placed } | undefined)?.order
  return { preview, previewed, refusal, placed, before, after }
}

const codeOf = ({ errors }: Answer): string | null => errors?.[0]?.extensions.code ?? null

function checkTrial({ preview, previewed, refusal, placed, before, after }: Trial): void {
  expect(previewed).toBe(refusal)
  if (refusal !== null) expect(after).toEqual(before)
  if (preview) expect([preview.cashAfter, preview.quantityAfter]).toEqual(after)
  if (preview && placed) expectSame(preview, placed)
}

it('matches its preview, for any order at any price', async () => {
  const outcomes: (string | null)[] = []
  await fc.assert(
    fc.asyncProperty(orders, async (drawn) => {
      const trial = await tryOrder(`user_${(count += 1).toString(36)}`, drawn)
      outcomes.push(trial.refusal)
      checkTrial(trial)
    }),
    { numRuns: 120, seed: 7 },
  )
  expect(outcomes.filter((refusal) => refusal === null).length).toBeGreaterThan(15)
  expect(outcomes).toEqual(expect.arrayContaining(['ORDER_TOO_LARGE', 'INSUFFICIENT_HOLDINGS']))
})
