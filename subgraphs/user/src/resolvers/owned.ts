import { requireOwner } from '@cnop/kit/identity'
import type { Context } from '../deps.ts'

/** Resolves a reference for its owner only. A refusal rejects, so that the other references of a call still resolve. */
export async function readOwned<Value>(
  context: Context,
  username: string,
  read: () => Value | Promise<Value>,
): Promise<Value> {
  requireOwner(context, username)
  return await read()
}
