import { memo } from 'react'
import { useReading } from '../../api/reading.ts'
import { formatPoints } from '../../format/percent.ts'
import { formatCalendarDay } from '../../format/time.ts'
import {
  DashboardPerformanceDocument,
  type DashboardPerformanceQuery,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { PercentChange } from '../../ui/Change.tsx'
import { firstDayOf } from '../../values/days.ts'
import { HeroFigure } from './HeroFigure.tsx'

const days = 30
const everyMs = 300_000

type Found = NonNullable<DashboardPerformanceQuery['me']>['portfolio']['performance']

const percentOf = (found: { readonly percent: number } | null | undefined): number | undefined =>
  found?.percent

/** Whole days, and fewer in a younger account: the market's last 30 days begin at another time of the day. */
function labelsOf(found: Found | undefined, from: string) {
  const date = formatCalendarDay(found?.since?.slice(0, 10) ?? from)
  return {
    own: i18n.t('Return since {date}', { date }),
    bitcoin: i18n.t('BTC since {date}', { date }),
  }
}

function Lead({ own, bitcoin }: { own: number | undefined; bitcoin: number | undefined }) {
  const ahead = own === undefined || bitcoin === undefined ? undefined : own - bitcoin
  return (
    <HeroFigure
      label={ahead !== undefined && ahead < 0 ? i18n.t('Behind BTC') : i18n.t('Ahead of BTC')}
    >
      {ahead === undefined ? '–' : formatPoints(ahead)}
    </HeroFigure>
  )
}

/** What a dollar of the account gained in the last days, whatever was paid in meanwhile, beside one in Bitcoin. */
export const HeroReturns = memo(function HeroReturns() {
  const from = firstDayOf(days)
  const { data } = useReading(DashboardPerformanceDocument, { from }, { everyMs })
  const found = data?.me?.portfolio.performance
  const own = percentOf(found?.timeWeighted)
  const bitcoin = percentOf(found?.benchmark?.return)
  const labels = labelsOf(found, from)
  return (
    <>
      <HeroFigure label={labels.own}>
        <PercentChange percent={own} />
      </HeroFigure>
      <HeroFigure label={labels.bitcoin}>
        <PercentChange percent={bitcoin} />
      </HeroFigure>
      <Lead own={own} bitcoin={bitcoin} />
    </>
  )
})
