import { useReading } from '../../api/reading.ts'
import { formatPoints } from '../../format/percent.ts'
import { formatCalendarDay } from '../../format/time.ts'
import {
  DashboardPerformanceDocument,
  type DashboardPerformanceQuery,
} from '../../generated/graphql.ts'
import { PercentChange } from '../../ui/Change.tsx'
import { firstDayOf } from '../../values/days.ts'
import { HeroFigure } from './HeroFigure.tsx'

const days = 30
const everyMs = 300_000

type Found = NonNullable<DashboardPerformanceQuery['me']>['portfolio']['performance']

const percentOf = (found: { readonly percent: number } | null | undefined): number | undefined =>
  found?.percent

/** A younger account has a shorter past, and Bitcoin is compared in the same time. */
function spanOf(found: Found | undefined, from: string): string {
  const since = found?.since?.slice(0, 10) ?? from
  return since > from ? `since ${formatCalendarDay(since)}` : `in ${days} days`
}

function Lead({ own, bitcoin }: { own: number | undefined; bitcoin: number | undefined }) {
  const ahead = own === undefined || bitcoin === undefined ? undefined : own - bitcoin
  return (
    <HeroFigure label={ahead !== undefined && ahead < 0 ? 'Behind BTC' : 'Ahead of BTC'}>
      {ahead === undefined ? '–' : formatPoints(ahead)}
    </HeroFigure>
  )
}

/** What a dollar of the account gained in the last days, whatever was paid in meanwhile, beside one in Bitcoin. */
export function HeroReturns() {
  const from = firstDayOf(days)
  const { data } = useReading(DashboardPerformanceDocument, { from }, { everyMs })
  const found = data?.me?.portfolio.performance
  const own = percentOf(found?.timeWeighted)
  const bitcoin = percentOf(found?.benchmark?.return)
  const span = spanOf(found, from)
  return (
    <>
      <HeroFigure label={`Return ${span}`}>
        <PercentChange percent={own} />
      </HeroFigure>
      <HeroFigure label={`BTC ${span}`}>
        <PercentChange percent={bitcoin} />
      </HeroFigure>
      <Lead own={own} bitcoin={bitcoin} />
    </>
  )
}
