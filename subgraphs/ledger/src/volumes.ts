import { utcDay } from '@cnop/kit/clock'
import { addUsd, type Usd, usdFromCents, zeroUsd } from '@cnop/kit/money'
import type { Account } from './account.ts'
import { cashAssetId, type Entry, negate, sumOf } from './entry.ts'

/** How many UTC days a volume counts, the current one included. */
export const volumeDays = 30

const dayMs = 86_400_000

export const moveDay = (day: string, by: number): string => utcDay(Date.parse(day) + by * dayMs)

/** What the trades of one UTC day were worth. */
interface DayVolume {
  readonly day: string
  readonly value: Usd
}

/** What a text of volumes looks like: at most 30 days, oldest first. */
export const packedVolumes = /^(?:\d{4}-\d\d-\d\d:\d+(?: \d{4}-\d\d-\d\d:\d+){0,29})?$/

const pack = (volumes: readonly DayVolume[]): string =>
  volumes.map(({ day, value }) => `${day}:${value}`).join(' ')

function unpack(text: string): readonly DayVolume[] {
  if (text === '') return []
  return text.split(' ').map((packed) => {
    const [day = '', cents = ''] = packed.split(':')
    return { day, value: usdFromCents(BigInt(cents)) }
  })
}

const isCounted = (today: string) => {
  const first = moveDay(today, 1 - volumeDays)
  return ({ day }: DayVolume): boolean => day >= first
}

/** The cash that a trade exchanged with the market: its value without the fee. */
function valueOf(entry: Entry): Usd {
  const moved = sumOf(entry, 'market', cashAssetId)
  return usdFromCents(moved < 0n ? negate(moved) : moved)
}

/**
 * Counts a trade in the account row, which every command reads and writes: what an account has traded costs no read of its journal. The
 * account's day has been rolled. An account that is older than this record counts from its first entry on, and is complete
 * from the next day on.
 */
export function countVolume(before: Account, account: Account, entry: Entry): Account {
  const isTrade = entry.kind === 'BUY' || entry.kind === 'SELL'
  const { day, volumes, volumesSince = moveDay(day, 1) } = account
  if (!isTrade && day === before.day) return { ...account, volumesSince }
  const kept = unpack(volumes).filter(isCounted(day))
  const counted = isTrade ? addTrade(kept, { day, value: valueOf(entry) }) : kept
  return { ...account, volumes: pack(counted), volumesSince }
}

function addTrade(volumes: readonly DayVolume[], trade: DayVolume): readonly DayVolume[] {
  const last = volumes.at(-1)
  if (last?.day !== trade.day) return [...volumes, trade]
  return [...volumes.slice(0, -1), { ...trade, value: addUsd(last.value, trade.value) }]
}

/** What an account has traded in the last 30 UTC days, today included and fees excluded. */
export function tradedVolume({ day, volumes }: Account, nowMs: number): Usd {
  const today = utcDay(nowMs)
  // The day of an account never decreases, whatever the clock of a process says.
  const counted = unpack(volumes).filter(isCounted(today > day ? today : day))
  return counted.reduce((sum, { value }) => addUsd(sum, value), zeroUsd)
}
