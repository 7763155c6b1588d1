import { BadInput } from '@cnop/kit/errors'
import { checkKey } from '@cnop/kit/idempotency-key'
import type { Actor } from '@cnop/kit/identity'
import { chooseLots } from '@cnop/ledger/command'
import type { LotMethod } from '@cnop/ledger/lots'
import type { Deps } from '../deps.ts'
import type { SetLotMethodInput } from '../generated/resolvers.ts'

/** Chooses which lots the next sales take. A repeat of a key answers with its choice and changes nothing. */
export function setLotMethod(
  { ledger }: Pick<Deps, 'ledger'>,
  { username }: Pick<Actor, 'username'>,
  { key, method }: SetLotMethodInput,
): Promise<LotMethod> {
  checkKey(key)
  if (method === 'NAMED')
    throw new BadInput('method', 'of an account is FIFO or HIFO: lots are named sale by sale')
  return chooseLots(ledger, { username, key }, method)
}
