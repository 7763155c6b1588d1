import { Refusal } from '../errors/refusal.ts'

/** The most assets that one stream follows. */
const mostIds = 250
const ticker = /^[A-Z0-9]{1,10}$/

/** The tickers of a stream, in upper case, each once; refuses what cannot be one. */
export function readPriceIds(values: Readonly<Record<string, unknown>>): readonly string[] {
  const given = values['ids'] as readonly string[]
  if (given.length === 0 || given.length > mostIds) {
    throw badIds(`must be 1 to ${mostIds} tickers`)
  }
  const ids = [...new Set(given.map((id) => id.toUpperCase()))]
  const wrong = ids.find((id) => !ticker.test(id))
  if (wrong !== undefined) throw badIds('must be tickers of 1 to 10 letters or digits')
  return ids
}

/** Refuses tickers that no asset has. */
export function assertKnown(ids: readonly string[], known: ReadonlySet<string>): void {
  const unknown = ids.filter((id) => !known.has(id))
  if (unknown.length > 0) throw badIds(`no asset has the ticker ${unknown.slice(0, 5).join(', ')}`)
}

const badIds = (reason: string): Refusal =>
  new Refusal('BAD_USER_INPUT', `ids: ${reason}`, { details: { field: 'ids', reason } })
