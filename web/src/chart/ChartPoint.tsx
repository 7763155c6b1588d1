import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatCompactMoney, formatPrice } from '../format/money.ts'
import { PercentChange } from '../ui/Change.tsx'
import type { Candle } from './candles.ts'
import type { Compared } from './draw.ts'
import type { TimeFormat } from './time.ts'

const secondsOf = ({ startsAt }: Candle): number => Date.parse(startsAt) / 1_000

const changeOf = ({ open, close }: Candle): number => (Number(close) / Number(open) - 1) * 100

const volumeWords = ({ volume }: Candle): string =>
  volume === null ? '–' : formatCompactMoney(volume)

/** A candle as a sentence. */
export const pointWords = (candle: Candle, times: TimeFormat): string =>
  [
    times.full(secondsOf(candle)),
    `open ${formatPrice(candle.open)}`,
    `high ${formatPrice(candle.high)}`,
    `low ${formatPrice(candle.low)}`,
    `close ${formatPrice(candle.close)}`,
    `volume ${candle.volume === null ? 'not known yet' : formatCompactMoney(candle.volume)}`,
  ].join(', ')

const names = [
  ['open', 'O'],
  ['high', 'H'],
  ['low', 'L'],
  ['close', 'C'],
] as const

type ChartPointProps = {
  /** The candle under the crosshair, or the last one. */
  readonly candle: Candle | undefined
  readonly times: TimeFormat
  readonly compared: Compared
  /** The values of the indicators. */
  readonly children: ReactNode
}

/** The legend: what the candle under the crosshair stands for. */
export function ChartPoint({ candle, times, compared, children }: ChartPointProps) {
  if (!candle) return <div className="chart-point" />
  const other = compared?.candles.find(({ startsAt }) => startsAt === candle.startsAt)
  return (
    <Text size="xs" component="div" className="chart-point">
      <span className="numeric flat">{times.full(secondsOf(candle))}</span>
      {names.map(([name, letter]) => (
        <span className="numeric" key={name}>
          <abbr title={name}>{letter}</abbr> {formatPrice(candle[name])}
        </span>
      ))}
      <PercentChange percent={changeOf(candle)} />
      <span className="numeric">
        <abbr title="volume">Vol</abbr> {volumeWords(candle)}
      </span>
      {compared && (
        <span className="numeric">
          {compared.id} {other ? formatPrice(other.close) : '–'}
        </span>
      )}
      {children}
    </Text>
  )
}
