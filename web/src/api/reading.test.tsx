/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, it } from '@jest/globals'
import { cleanup, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { TicketAssetDocument } from '../generated/graphql.ts'
import { createFakeApi, type FakeAnswer } from '../testing/fake-api.ts'
import { renderPage } from '../testing/render-page.tsx'
import { useReading } from './reading.ts'

afterEach(cleanup)

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
