import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatCompactMoney, formatPrice } from '../format/money.ts'
import { i18n } from '../i18n.ts'
import { PercentChange } from '../ui/Change.tsx'
import type { Candle } from './candles.ts'
import type { Compared } from './draw.ts'
import type { TimeFormat } from './time.ts'

const secondsOf = ({ startsAt }: Candle): number => Date.parse(startsAt) / 1_000

const changeOf = ({ open, close }: Candle): number => (Number(close) / Number(open) - 1) * 100

const volumeWords = ({ volume }: Candle): string =>
  volume === null ? '–' : formatCompactMoney(volume)

/** A candle as a sentence. */
export function pointWords(candle: Candle, times: TimeFormat): string {
  const words = {
    time: times.full(secondsOf(candle)),
    open: formatPrice(candle.open),
    high: formatPrice(candle.high),
    low: formatPrice(candle.low),
    close: formatPrice(candle.close),
    volume: volumeWords(candle),
  }
  return candle.volume === null
    ? i18n.t(
        '{time}, open {open}, high {high}, low {low}, close {close}, volume not known yet',
        words,
      )
    : i18n.t('{time}, open {open}, high {high}, low {low}, close {close}, volume {volume}', words)
}

const names = [
  ['open', i18n.t('open'), i18n.t('O')],
  ['high', i18n.t('high'), i18n.t('H')],
  ['low', i18n.t('low'), i18n.t('L')],
  ['close', i18n.t('close'), i18n.t('C')],
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
      <span>
        <span className="numeric flat">{times.full(secondsOf(candle))}</span>
        <PercentChange percent={changeOf(candle)} />
        <span className="numeric">
          <abbr title={i18n.t('volume')}>{i18n.t('Vol')}</abbr> {volumeWords(candle)}
        </span>
      </span>
      <span className="chart-prices">
        {names.map(([part, name, letter]) => (
          <span className="numeric" key={part}>
            <abbr title={name}>{letter}</abbr> {formatPrice(candle[part])}
          </span>
        ))}
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
