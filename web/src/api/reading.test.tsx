/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, it } from '@jest/globals'
import { cleanup, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { TicketAssetDocument, TicketAssetsDocument } from '../generated/graphql.ts'
import { createFakeApi, type FakeAnswer } from '../testing/fake-api.ts'
import { renderPage } from '../testing/render-page.tsx'
import { useReading } from './reading.ts'

afterEach(cleanup)

const quote = { __typename: 'Quote', price: '50000.00', quotedAt: '2026-11-02T10:00:00.000Z' }
const listed = (id: string, itsQuote: typeof quote | null) => ({
  ...{ __typename: 'Asset', id, name: id, rank: 1, quote: itsQuote },
})
const list = (...nodes: object[]) => ({
  assets: { __typename: 'AssetConnection', nodes },
})

function ListProbe() {
  const { data, failure, retry } = useReading(TicketAssetsDocument, {})
  const words = data?.assets.nodes.map((asset) => `${asset.id} ${asset.quote?.price ?? 'unknown'}`)
  return (
    <button type="button" onClick={retry}>
      {`${words?.join(', ') ?? 'nothing'}; ${failure?.code ?? 'no failure'}`}
    </button>
  )
}

function Probe({ id }: { id: string }) {
  const { data, failure, retry } = useReading(TicketAssetDocument, { id })
  return (
    <button type="button" onClick={retry}>
      {`${data?.asset.name ?? 'nothing'}, ${failure?.code ?? 'no failure'}`}
    </button>
  )
}

const asset = { __typename: 'Asset', id: 'BTC', name: 'Bitcoin', isActive: true }
const answer: FakeAnswer = { data: { asset: { ...asset, haltedSince: null, quote: null } } }

async function readTwice(next: FakeAnswer) {
  let isFirst = true
  const api = createFakeApi({
    TicketAsset: () => {
      const now = isFirst ? answer : next
      isFirst = false
      return now
    },
  })
  await renderPage(<Probe id="BTC" />, api)
  await userEvent.click(await screen.findByRole('button', { name: 'Bitcoin, no failure' }))
}

it.each(['SUBGRAPH_UNAVAILABLE', 'OVERLOADED', 'RATE_LIMITED', 'INTERNAL'])(
  'keeps what was read when the next read fails with %s',
  async (code) => {
    await readTwice({ code })
    await screen.findByRole('button', { name: `Bitcoin, ${code}` })
  },
)

it.each(['ASSET_NOT_FOUND', 'FORBIDDEN', 'BAD_USER_INPUT'])(
  'forgets what was read when the next read fails with %s',
  async (code) => {
    await readTwice({ code })
    await screen.findByRole('button', { name: `nothing, ${code}` })
  },
)

it.each([
  [
    'SUBGRAPH_UNAVAILABLE',
    'DOT 60000.00, BTC 50000.00, ETH unknown; SUBGRAPH_UNAVAILABLE',
    'keeps the part of the same entity',
  ],
  ['ASSET_NOT_FOUND', 'DOT 60000.00, BTC unknown, ETH unknown; ASSET_NOT_FOUND', 'keeps no part'],
])('when a part fails with %s, shows “%s”: %s', async (code, text) => {
  const newer = { ...quote, price: '60000.00' }
  const answers: FakeAnswer[] = [
    { data: list(listed('BTC', quote), listed('DOT', quote)) },
    {
      data: list(listed('DOT', newer), listed('BTC', null), listed('ETH', null)),
      ...{ code, path: ['assets', 'nodes', 1, 'quote'] },
    },
  ]
  const api = createFakeApi({ TicketAssets: () => answers.shift() ?? { code } })
  await renderPage(<ListProbe />, api)
  await userEvent.click(
    await screen.findByRole('button', { name: 'BTC 50000.00, DOT 50000.00; no failure' }),
  )
  await screen.findByRole('button', { name: text })
})
