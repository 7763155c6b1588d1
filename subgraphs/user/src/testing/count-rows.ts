import type { UserWorld } from './user-world.ts'

/** How many rows queries of the ledger have read while the work was done. */
export async function countRows(world: UserWorld, work: () => Promise<unknown>): Promise<number> {
  const { documents } = world.deps.ledger.db
  const send = documents.send.bind(documents) as (command: unknown) => Promise<unknown>
  let rows = 0
  const counting = async (command: unknown): Promise<unknown> => {
    const answer = (await send(command)) as { readonly Items?: readonly unknown[] }
    rows += answer.Items?.length ?? 0
    return answer
  }
  documents.send = counting as typeof documents.send
  await work().finally(() => {
    documents.send = send as typeof documents.send
  })
  return rows
}
