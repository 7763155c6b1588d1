import { describe, expect, it } from '@jest/globals'
import {
  type Sample,
  type SampleAsset,
  sampleFigures,
  sampleNowMs,
} from '../testing/sample-portfolio.ts'
import { findWhatStandsOut } from './findings.ts'
import type { Finding } from './insight.ts'

const findingsOf = (sample: Sample): readonly Finding[] =>
  findWhatStandsOut(sampleFigures(sample), sampleNowMs)
const shown = ({ kind, severity, assetId }: Finding): string =>
  [kind, severity, ...(assetId ? [assetId] : [])].join(' ')
const briefs = (sample: Sample): readonly string[] => findingsOf(sample).map(shown)
const ofKind = (sample: Sample, kind: string): readonly string[] =>
  briefs(sample).filter((brief) => brief.startsWith(kind))

const trades = (count: number, everyMinutes: number) =>
  Array.from({ length: count }, (_, index) => ({ minutesAgo: index * everyMinutes }))
const asset = (worth: string, rest: Partial<SampleAsset> = {}): SampleAsset => ({ worth, ...rest })

describe('findWhatStandsOut', () => {
  it.each<[string, Sample, readonly string[]]>([
    ['an empty portfolio', {}, ['EMPTY INFO']],
    ['nothing but cash', { cash: '100' }, ['CASH_DRAG NOTICE']],
    ['half cash', { cash: '50', assets: { A: asset('20'), B: asset('30') } }, ['CASH_DRAG INFO']],
    ['less than half cash', { cash: '49', assets: { A: asset('25'), B: asset('26') } }, []],
    [
      'an asset of 40 %',
      { cash: '30', assets: { A: asset('40'), B: asset('30') } },
      ['CONCENTRATION NOTICE A'],
    ],
    ['an asset just below it', { cash: '30.1', assets: { A: asset('39.9'), B: asset('30') } }, []],
    ['an asset of 60 %', { cash: '40', assets: { A: asset('60') } }, ['CONCENTRATION WARNING A']],
    [
      'stablecoins, which concentrate nothing',
      { cash: '40', assets: { USDC: asset('60', { isStable: true }) } },
      ['STABLECOIN_SHARE NOTICE'],
    ],
    [
      'stablecoins of 30 %',
      {
        cash: '35',
        assets: {
          USDC: asset('15', { isStable: true }),
          DAI: asset('15', { isStable: true }),
          A: asset('35'),
        },
      },
      ['STABLECOIN_SHARE INFO'],
    ],
    [
      'four assets',
      { assets: { A: asset('30'), B: asset('30'), C: asset('20'), D: asset('20') } },
      ['DIVERSIFIED INFO'],
    ],
    [
      'five assets of which one is dust',
      { assets: { A: asset('29'), B: asset('29'), C: asset('21'), D: asset('20'), E: asset('1') } },
      ['DIVERSIFIED INFO'],
    ],
    [
      'four assets of which one is dust',
      { assets: { A: asset('35'), B: asset('33'), C: asset('31'), D: asset('1') } },
      [],
    ],
  ])('finds %s', (_name, sample, expected) => {
    expect(briefs(sample)).toEqual(expected)
  })

  it.each([
    ['95.1', []],
    ['95', ['DRAWDOWN NOTICE A']],
    ['85.1', ['DRAWDOWN NOTICE A']],
    ['85', ['DRAWDOWN WARNING A']],
  ])('calls a fall from 100 to %s %j', (worth, expected) => {
    expect(ofKind({ assets: { A: asset(worth, { dayAgo: '100' }) } }, 'DRAWDOWN')).toEqual(expected)
  })

  it.each([
    ['104.9', []],
    ['105', ['RALLY INFO A']],
    ['115', ['RALLY NOTICE A']],
  ])('calls a rise from 100 to %s %j', (worth, expected) => {
    expect(ofKind({ assets: { A: asset(worth, { dayAgo: '100' }) } }, 'RALLY')).toEqual(expected)
  })

  it('reports the two worst falls and of all assets together', () => {
    const assets = {
      A: asset('94', { dayAgo: '100' }),
      B: asset('80', { dayAgo: '100' }),
      C: asset('90', { dayAgo: '100' }),
    }
    const expected = ['DRAWDOWN WARNING B', 'DRAWDOWN NOTICE', 'DRAWDOWN NOTICE C']
    expect(ofKind({ assets }, 'DRAWDOWN')).toEqual(expected)
  })

  it('ignores a fall of dust, and holdings whose change is unknown', () => {
    const assets = { A: asset('1', { dayAgo: '2' }), B: asset('99') }
    expect(ofKind({ assets }, 'DRAWDOWN')).toEqual([])
  })

  it.each([
    ['90.1', []],
    ['90', ['UNREALISED_LOSS NOTICE A']],
    ['75', ['UNREALISED_LOSS WARNING A']],
    ['109.9', []],
    ['110', ['UNREALISED_GAIN INFO A']],
    ['150', ['UNREALISED_GAIN NOTICE A']],
  ])('calls a holding that cost 100 and is worth %s %j', (worth, expected) => {
    expect(ofKind({ assets: { A: asset(worth, { paid: '100' }) } }, 'UNREALISED')).toEqual(expected)
  })

  it('ignores gains on a negligible cost, such as a reward', () => {
    const assets = { A: asset('50', { paid: '0' }), B: asset('50', { paid: '0.99' }) }
    expect(ofKind({ assets }, 'UNREALISED')).toEqual([])
  })

  it('reports the two largest losses in dollars', () => {
    const assets = {
      A: asset('80', { paid: '100' }),
      B: asset('500', { paid: '1000' }),
      C: asset('600', { paid: '900' }),
    }
    const expected = ['UNREALISED_LOSS WARNING B', 'UNREALISED_LOSS WARNING C']
    expect(ofKind({ assets }, 'UNREALISED')).toEqual(expected)
  })

  it.each([
    [5, 10, []],
    [6, 10, ['CHURN WARNING']], // all six within the hour
    [6, 60, ['CHURN NOTICE']],
    [6, 300, []], // only five of them within a day
  ])('calls %d trades, one every %d minutes, %j', (count, every, expected) => {
    expect(ofKind({ cash: '100', trades: trades(count, every) }, 'CHURN')).toEqual(expected)
  })

  it('puts what weighs more first, and never reports more than ten things', () => {
    const falling = (worth: string) => asset(worth, { dayAgo: '1000', paid: '1000' })
    const assets = {
      A: falling('800'),
      B: falling('700'),
      C: falling('900'),
      D: asset('900', { dayAgo: '500', paid: '500' }),
      E: asset('800', { dayAgo: '400', paid: '300' }),
      F: asset('1800', { isStable: true }),
    }
    const found = findingsOf({ cash: '6000', assets, trades: trades(8, 1) })
    const weights = found.map(({ severity }) => ['WARNING', 'NOTICE', 'INFO'].indexOf(severity))
    expect(weights).toEqual([...weights].sort())
    expect(found.length).toBeGreaterThan(7)
    expect(found.length).toBeLessThanOrEqual(10)
  })

  it('writes money from whole cents and percentages to a tenth', () => {
    const texts = findingsOf({
      cash: '12345678.9',
      held: '1000.05',
      assets: { BTC: asset('3000000.01', { dayAgo: '3333333.33', paid: '4000000' }) },
      trades: trades(10, 60),
    }).map(({ text }) => text)
    expect(texts).toEqual([
      'BTC is worth $999,999.99 (25.0%) less than you paid for it.',
      'Your BTC lost 10.0% over the last 24 hours.',
      'You made at least 10 trades within 24 hours.',
      'Cash makes up 80.5% of your portfolio, of which $1,000.05 waits in open orders.',
    ])
  })
})
