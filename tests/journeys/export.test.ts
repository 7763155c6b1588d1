import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { textsOf } from '../world/pdf.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

/** More than one page of the list that exports read. */
const deposits = 105

let world: World
let trader: Trader
beforeAll(async () => {
  world = await startWorld()
  trader = await world.trader({ cash: '500.00' })
  for (let made = 0; made < deposits; made += 1) {
    expect((await trader.deposits('1.00')).errors).toEqual([])
  }
  await trader.buys('0.001', 'BTC')
})
afterAll(() => world.stop())

const get = (path: string, token: string | undefined = trader.token, more: object = {}) =>
  fetch(`${world.origin}/export/${path}`, {
    headers: { ...more, ...(token !== '' && { authorization: `Bearer ${token}` }) },
  })

interface Entries {
  readonly entries: readonly Record<string, string | number | null>[]
}
const cents = (amount: string | number | null | undefined): number =>
  Math.round(Number(amount) * 100)

async function entriesOf(path: string, token?: string): Promise<Entries['entries']> {
  const response = await get(path, token)
  expect(response.status).toBe(200)
  return ((await response.json()) as Entries).entries
}

describe('the export of the activity', () => {
  it('is a CSV file of every entry, newest first, beyond the length of a page', async () => {
    const response = await get('activity.csv')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/csv/)
    expect(response.headers.get('content-disposition')).toContain('activity.csv')
    const [head, ...lines] = (await response.text()).trimEnd().split('\r\n')
    expect(head).toMatch(/^sequence,createdAt,kind,assetId,quantityChange,price,cashChange,/)
    const sequences = lines.map((line) => Number(line.split(',')[0]))
    expect(sequences).toEqual(Array.from({ length: deposits + 2 }, (_, at) => deposits + 2 - at))
    expect(lines[0]).toMatch(/^107,[^,]+Z,BUY,BTC,0\.001,/)
  })

  it('contains the same as JSON, and follows the filter', async () => {
    const all = await entriesOf('activity.json')
    expect(all).toHaveLength(deposits + 2)
    expect(all[0]).toMatchObject({ kind: 'BUY', assetId: 'BTC', quantityChange: '0.001' })
    const bought = await entriesOf('activity.json?kinds=BUY,SELL')
    expect(bought.map(({ kind }) => kind)).toEqual(['BUY'])
    expect(await entriesOf('activity.json?kinds=SELL')).toEqual([])
    expect(await (await get('activity.csv?assetId=ETH')).text()).toMatch(/^sequence,.*hash\r\n$/)
  })

  it('is limited to a range of time', async () => {
    const all = await entriesOf('activity.json')
    const [newest, older] = [all[0]?.['createdAt'], all[50]?.['createdAt']]
    const range = await entriesOf(`activity.json?from=${older}&to=${newest}`)
    const wanted = all.filter(
      ({ createdAt }) => String(createdAt) >= String(older) && String(createdAt) < String(newest),
    )
    expect(wanted.length).toBeGreaterThan(10)
    expect(range).toEqual(wanted)
  })

  it('continues after the last entry that was received', async () => {
    const lines = (await (await get('activity.csv')).text()).split('\r\n')
    const rest = await get(`activity.csv?before=${lines[3]?.split(',')[0]}`)
    expect((await rest.text()).split('\r\n')).toEqual([lines[0], ...lines.slice(4)])
  })

  it('is available to its owner only', async () => {
    expect((await get('activity.csv', '')).status).toBe(401)
    const stranger = await world.trader()
    expect(await entriesOf('activity.json', stranger.token)).toEqual([])
  })

  const refused = [
    ['activity.xml', 404],
    ['activity.csv?page=2', 400],
    ['activity.csv?kinds=GIFT', 422],
    ['activity.json?kinds=BUY,', 422],
    ['activity.json?assetId=', 422],
    ['activity.csv?from=2026-02-31T00:00:00Z', 422],
    ['activity.json?to=yesterday', 422],
    ['activity.json?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', 422],
    ['activity.csv?before=now', 422],
  ] as const

  it('runs at most ten times a minute, not counting refused requests', async () => {
    const greedy = await world.trader()
    const expectRefused = async (token: string) => {
      const statuses = refused.map(async ([path]) => (await get(path, token)).status)
      expect(await Promise.all(statuses)).toEqual(refused.map(([, status]) => status))
    }
    await expectRefused(greedy.token)
    await expectRefused(greedy.token)
    const statuses: number[] = []
    for (let time = 0; time < 11; time += 1) {
      const response = await get('activity.csv', greedy.token)
      await response.text()
      statuses.push(response.status)
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429])
    await expectRefused(greedy.token)
    await expectRefused('')
  })
})

describe('the report of the gains of a year', () => {
  const year = new Date().getUTCFullYear()
  let seller: Trader
  beforeAll(async () => {
    seller = await world.trader({ cash: '500.00' })
    await seller.buys('0.002', 'BTC')
    await seller.sells('0.001', 'BTC')
    await seller.sells('0.001', 'BTC')
  })

  it('is a CSV file of every lot that was sold, newest first', async () => {
    const response = await get(`gains.csv?year=${year}`, seller.token)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-disposition')).toContain('gains.csv')
    const [head, ...lines] = (await response.text()).trimEnd().split('\r\n')
    expect(head).toBe(
      'sequence,assetId,quantity,acquiredOn,soldAt,daysHeld,proceeds,fee,basis,gain,method,orderId',
    )
    expect(lines.map((line) => line.split(',').slice(0, 3))).toEqual([
      ['4', 'BTC', '0.001'],
      ['3', 'BTC', '0.001'],
    ])
    expect(lines[0]).toMatch(/^4,BTC,0\.001,\d{4}-\d\d-\d\d,[^,]+Z,[01],\d+\.\d\d,0\.00,/)
    expect(lines[0]).toMatch(/,-?\d+\.\d\d,FIFO,ord_\w+$/)
  })

  it('is a PDF of the same, with sums by asset and in all', async () => {
    const response = await get(`gains.pdf?year=${year}`, seller.token)
    expect(response.headers.get('content-type')).toBe('application/pdf')
    const texts = textsOf(Buffer.from(await response.arrayBuffer()))
    expect(texts[0]).toBe(`Realised gains ${year}`)
    expect(texts.filter((text) => text === '0.001')).toHaveLength(2)
    const sums = texts.filter((text) => /: proceeds [\d,.]+, fee 0\.00, basis /.test(text))
    expect(sums.map((text) => text.split(':')[0])).toEqual(['BTC', 'All assets'])
  })

  it('sums up to the gains that the portfolio says', async () => {
    const { lots } = (await (await get(`gains.json?year=${year}`, seller.token)).json()) as {
      lots: readonly Record<string, string>[]
    }
    const { data } = await seller.ask<{
      me: { portfolio: { realisedGains: { sales: number; basis: string; gain: string } } }
    }>(`{ me { portfolio { realisedGains(year: ${year}) { sales basis gain } } } }`)
    const { sales, basis, gain } = data!.me.portfolio.realisedGains
    expect(sales).toBe(2)
    expect(lots.reduce((sum, lot) => sum + cents(lot['basis']), 0)).toBe(cents(basis))
    expect(lots.reduce((sum, lot) => sum + cents(lot['gain']), 0)).toBe(cents(gain))
  })

  it('is empty for another year, and for its owner only', async () => {
    const empty = await get(`gains.csv?year=${year - 1}`, seller.token)
    expect(await empty.text()).toMatch(/^sequence,.*orderId\r\n$/)
    expect((await get(`gains.csv?year=${year}`, '')).status).toBe(401)
  })

  it.each([
    ['gains.csv', 422],
    ['gains.csv?year=26', 422],
    ['gains.csv?year=9999', 422],
    ['gains.json?year=2026.5', 422],
    ['gains.json?year=2026&year=2025', 400],
    ['gains.json?assetId=BTC&year=2026', 400],
    ['gains.pdf', 422],
    ['gains.xml?year=2026', 404],
  ])('refuses %s', async (path, status) => {
    expect((await get(path, seller.token)).status).toBe(status)
  })
})

describe('the statement of a month', () => {
  const month = new Date().toISOString().slice(0, 7)
  const monthIn = (locale: string): string =>
    new Date(month).toLocaleString(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  let owner: Trader
  beforeAll(async () => {
    owner = await world.trader({ cash: '500.00' })
    await owner.buys('0.002', 'BTC')
    await owner.sells('0.001', 'BTC')
    // It only sets cash aside.
    const waiting = { key: newKey(), side: 'BUY', type: 'LIMIT', assetId: 'ETH', quantity: '0.01' }
    const place = 'mutation ($i: PlaceOrderInput!) { placeOrder(input: $i) { order { id } } }'
    const placed = await owner.ask(place, { i: { ...waiting, limitPrice: '100.00' } })
    expect(placed.errors).toEqual([])
    expect((await owner.withdraws('20.50')).errors).toEqual([])
  })

  it('adds up from the opening to the closing balance, to the cent', async () => {
    const entries = await entriesOf(`statement.json?month=${month}`, owner.token)
    expect(entries.map(({ kind }) => kind)).toEqual([
      ...['CLOSING_BALANCE', 'WITHDRAWAL', 'SELL', 'BUY', 'DEPOSIT', 'OPENING_BALANCE'],
    ])
    const [closing, ...movements] = entries
    const opening = movements.pop()
    expect(opening).toMatchObject({ cashAfter: '0.00', createdAt: `${month}-01T00:00:00.000Z` })
    const sum = movements.reduce((total, { cashChange }) => total + cents(cashChange), 0)
    expect(cents(closing?.['cashAfter'])).toBe(cents(opening?.['cashAfter']) + sum)
    const { data } = await owner.ask<{ me: { portfolio: { cash: { posted: string } } } }>(
      '{ me { portfolio { cash { posted } } } }',
    )
    expect(closing?.['cashAfter']).toBe(data!.me.portfolio.cash.posted)
  })

  it('has two equal balances for a month without movements, at its two ends', async () => {
    const entries = await entriesOf('statement.json?month=2020-02', owner.token)
    expect(entries.map(({ kind, createdAt, cashAfter }) => [kind, createdAt, cashAfter])).toEqual([
      ['CLOSING_BALANCE', '2020-03-01T00:00:00.000Z', '0.00'],
      ['OPENING_BALANCE', '2020-02-01T00:00:00.000Z', '0.00'],
    ])
  })

  it('is a PDF of the same, with totals by kind', async () => {
    const response = await get(`statement.pdf?month=${month}`, owner.token)
    expect(response.headers.get('content-type')).toBe('application/pdf')
    expect(response.headers.get('content-disposition')).toContain('statement.pdf')
    const texts = textsOf(Buffer.from(await response.arrayBuffer()))
    expect(texts[0]).toBe(`Account statement, ${monthIn('en-GB')}`)
    expect(texts).toContain(`Account ${owner.username}`)
    expect(texts).toContain('-20.50')
    expect(texts).toContain('Withdrawal: 1, cash -20.50')
    expect(texts).toContain('Deposit: 1, cash 500.00')
    expect(texts.at(-1)).toBe('Page 1')
  })

  it.each([
    ['&lang=zh-CN', 'en'],
    ['', 'fr, zh-Hans-CN;q=0.9, en;q=0.5'],
  ])('is Chinese for “%s” and Accept-Language: %s', async (chosen, preferred) => {
    const headers = { 'accept-language': preferred }
    const response = await get(`statement.pdf?month=${month}${chosen}`, owner.token, headers)
    expect(response.headers.get('content-language')).toBe('zh-CN')
    const texts = textsOf(Buffer.from(await response.arrayBuffer()))
    expect(texts[0]).toBe(`${monthIn('zh-CN')}账户对账单`)
    expect(texts).toContain(`账户 ${owner.username}`)
    expect(texts).toContain('-20.50')
    expect(texts).toContain('提取：1 笔，现金 -20.50')
    const moments = texts.filter((text) => /^\d{4}年\d+月\d+日 \d\d:\d\d:\d\d$/.test(text))
    expect(moments).toHaveLength(6)
    expect(texts.at(-1)).toBe('第 1 页')
  })

  it('has an English CSV for every reader', async () => {
    const csv = await get(`statement.csv?month=${month}`, owner.token, { 'accept-language': 'zh' })
    expect(await csv.text()).toMatch(/^sequence,createdAt,kind,/)
  })

  it('goes on over several pages', async () => {
    const response = await get(`statement.pdf?month=${month}`)
    const texts = textsOf(Buffer.from(await response.arrayBuffer()))
    expect(texts.filter((text) => /^Page \d$/.test(text))).toEqual(
      Array.from({ length: 4 }, (_, at) => `Page ${at + 1}`),
    )
    expect(texts.filter((text) => text === 'Deposit')).toHaveLength(deposits + 1)
    expect(texts).toContain(`Deposit: ${deposits + 1}, cash 605.00`)
  })

  it('is available to its owner only', async () => {
    expect((await get(`statement.csv?month=${month}`, '')).status).toBe(401)
  })

  it.each([
    ['statement.csv', 422],
    ['statement.csv?month=', 422],
    ['statement.csv?month=2026-13', 422],
    ['statement.csv?month=2026-1', 422],
    ['statement.pdf?month=9998-12', 422],
    ['statement.pdf?month=2026-01&lang=fr', 422],
    ['statement.pdf?month=2026-01&lang=', 422],
    ['statement.csv?month=2026-01&lang=zh-CN', 400],
    ['statement.json?month=2026-01&month=2026-02', 400],
    ['statement.json?month=2026-01&year=2026', 400],
  ])('refuses %s', async (path, status) => {
    expect((await get(path, owner.token)).status).toBe(status)
  })
})
