import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { price, quantity } from '@cnop/kit/money'
import { asset } from '../testing/assets.ts'
import { openCatalogueWriter, readCatalogue } from './catalogue.ts'
import { inventoryTable } from './tables.ts'

const table = 'inventory'
let engine: TestDb
beforeAll(async () => {
  engine = await startTestDb([inventoryTable(table)])
})
beforeEach(() => engine.reset())
afterAll(() => engine.stop())

const storeOf = () => ({ db: engine.db, table })
const momentOf = (second: number) => `2026-01-05T10:00:0${second}.000Z`
const ids = Array.from({ length: 200 }, (_, index) => `A${String(index).padStart(3, '0')}`)
/** All assets as a feed lists them: in another order at every tick. */
function assetsAt(second: number, moved: readonly string[], names = 'The') {
  const figures = { maxSupply: quantity('21000000'), allTimeHigh: price('9') }
  const assets = ids.map((id) => {
    const facts = { name: `${names} ${id}`, figures, quotedAt: momentOf(0) }
    return asset(id, moved.includes(id) ? `1.${second}` : '1', facts)
  })
  return second % 2 === 0 ? assets.reverse() : assets
}

/** The rows that a save at a moment has written. */
async function rowsOf(second: number): Promise<readonly string[]> {
  const { Items = [] } = await engine.db.documents.send(new ScanCommand({ TableName: table }))
  const written = Items.filter((item) => item['tickedAt'] === momentOf(second))
  return written.map((item) => String(item['sk'])).sort()
}

it('stores only the rows whose figures or facts have changed', async () => {
  const writer = openCatalogueWriter(storeOf())
  const save = async (second: number, ...given: [moved: readonly string[], names?: string]) => {
    const assets = assetsAt(second, ...given)
    await writer.save({ feed: 'simulated', tickedAt: momentOf(second), assets })
    const stored = await readCatalogue(storeOf())
    expect(stored).toMatchObject({ feed: 'simulated', tickedAt: momentOf(second) })
    const byId = new Map(stored?.assets.map((each) => [each.assetId, each]))
    expect(byId).toEqual(new Map(assets.map((each) => [each.assetId, each])))
    return rowsOf(second)
  }
  expect(await save(1, [])).toEqual(['000', '001', 'FACTS#000', 'FACTS#001'])
  expect(await save(2, ids)).toEqual(['000', '001'])
  expect(await save(3, ids)).toEqual(['000', '001'])
  // The first row says who stored last.
  expect(await save(4, [])).toEqual(['000', '001'])
  expect(await save(5, ['A199'])).toEqual(['000', '001'])
  expect(await save(6, ['A000'])).toEqual(['000', '001'])
  expect(await save(7, ['A000'])).toEqual(['000'])
  expect(await save(8, ['A000'], 'Another')).toEqual(['000', 'FACTS#000', 'FACTS#001'])
})

it('stores nothing of a process that was overtaken, and everything of the one that follows', async () => {
  const [late, next] = [openCatalogueWriter(storeOf()), openCatalogueWriter(storeOf())]
  const save = (writer: typeof late, second: number, names: string) =>
    writer.save({
      ...{ feed: 'simulated', tickedAt: momentOf(second) },
      assets: assetsAt(second, [], names),
    })
  await save(late, 1, 'One')
  await save(next, 5, 'One')
  await save(next, 6, 'One')
  await save(late, 4, 'Late')
  expect((await readCatalogue(storeOf()))?.assets[0]?.name).toBe('One A000')
  await save(late, 7, 'One')
  expect(await rowsOf(7)).toHaveLength(4)
})

it('reads the rows of an earlier version', async () => {
  const assets = assetsAt(1, [])
  const text = JSON.stringify(assets, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  const Item = {
    pk: 'CATALOGUE',
    sk: '000',
    feed: 'simulated',
    tickedAt: momentOf(1),
    assets: text,
  }
  await engine.db.documents.send(new PutCommand({ TableName: table, Item }))
  expect((await readCatalogue(storeOf()))?.assets).toEqual(assets)
})
