import { invariant } from '@cnop/kit/errors'
import {
  parsePrice,
  parseQuantity,
  type Price,
  type Quantity,
  type Usd,
  usdFromCents,
} from '@cnop/kit/money'
import { assetCategories, type AssetCategory } from '../quote.ts'
import { largeListings } from './listings-large.ts'
import { smallListings } from './listings-small.ts'

/** An asset of the simulated market: its figures on an ordinary day, and how it moves. */
export interface SimulatedListing {
  readonly assetId: string
  readonly name: string
  readonly category: AssetCategory
  readonly description: string
  /** The price around which it moves. */
  readonly basePrice: Price
  readonly circulatingSupply: Quantity | undefined
  readonly totalSupply: Quantity | undefined
  readonly maxSupply: Quantity | undefined
  /** What is traded on an ordinary day. */
  readonly dailyVolume: Usd
  /** No price of any time is outside of these two. */
  readonly allTimeHigh: Price
  readonly allTimeLow: Price
  readonly allTimeHighAt: string
  readonly allTimeLowAt: string
  /** Its own daily volatility, in hundredths of a per cent. */
  readonly volatility: number
  /** How much of a move of the whole market it takes part in, in per cent. */
  readonly beta: number
}

const magnitudes: Readonly<Record<string, bigint>> = {
  K: 1_000n,
  M: 1_000_000n,
  B: 1_000_000_000n,
  T: 1_000_000_000_000n,
}

/** Reads an amount such as `19.78M`; a dash is an unknown one. */
function parseAmount(text: string): Quantity | undefined {
  if (text === '-') return undefined
  const magnitude = magnitudes[text.slice(-1)]
  if (!magnitude) return parseQuantity(text)
  return (parseQuantity(text.slice(0, -1)) * magnitude) as Quantity
}

const unitsPerCent = 1_000_000n

function parseVolume(text: string): Usd {
  return usdFromCents((parseAmount(text) ?? 0n) / unitsPerCent)
}

function parseCategory(text: string): AssetCategory {
  const category = assetCategories.find((name) => name === text)
  invariant(category !== undefined, `${text} is not a category of assets.`)
  return category
}

const columns = 15

function parseListing(line: string): SimulatedListing {
  const cells = line.split('|')
  invariant(cells.length === columns, `A listing has ${columns} columns: ${line}`)
  const cell = (column: number): string => cells[column] ?? ''
  return {
    assetId: cell(0),
    name: cell(1),
    category: parseCategory(cell(2)),
    basePrice: parsePrice(cell(3)),
    circulatingSupply: parseAmount(cell(4)),
    totalSupply: parseAmount(cell(5)),
    maxSupply: parseAmount(cell(6)),
    dailyVolume: parseVolume(cell(7)),
    allTimeHigh: parsePrice(cell(8)),
    allTimeHighAt: `${cell(9)}T00:00:00.000Z`,
    allTimeLow: parsePrice(cell(10)),
    allTimeLowAt: `${cell(11)}T00:00:00.000Z`,
    volatility: parseInt(cell(12), 10),
    beta: parseInt(cell(13), 10),
    description: cell(14),
  }
}

/** Every asset of the simulated market. */
export const simulatedListings: readonly SimulatedListing[] = [
  largeListings,
  smallListings,
].flatMap((text) => text.trim().split('\n').map(parseListing))
