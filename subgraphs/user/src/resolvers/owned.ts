import { requireOwner } from '@cnop/kit/identity'
import type { Context } from '../deps.ts'

/** Answers a reference to the owner only. A refusal is a promise that fails, so that the other references of a call are answered. */
export async function readOwned<Value>(
  context: Context,
  username: string,
  read: () => Value | Promise<Value>,
): Promise<Value> {
  requireOwner(context, username)
  return await read()
}
