import type { Attack } from '../attack.ts'
import { createAdmin } from '../../world/admin.ts'
import { expectThat, refusedLetter } from './repel.ts'
import type { GuardWorld } from './world.ts'

const forEverybody: readonly (readonly [path: string, method: 'GET' | 'POST'])[] = [
  ['/auth/sign-in', 'POST'],
  ['/auth/refresh', 'POST'],
  ['/auth/sign-out', 'POST'],
  ['/stream', 'POST'],
  ['/system/traces', 'GET'],
  ['/system/breakers', 'GET'],
  ['/system/faults', 'GET'],
  ['/health', 'GET'],
  ['/metrics', 'GET'],
]

const unknown = forEverybody.map(([path, method]) =>
  refusedLetter({
    name: `a parameter that ${path} does not have`,
    letter: { method, path: `${path}?surprise=1`, ...(method === 'POST' && { body: {} }) },
    codes: ['BAD_REQUEST'],
    status: 400,
  }),
)

const signedIn = (path: string, name: string): Attack<GuardWorld> => ({
  name: `${path} (${name} must be refused by name)`,
  run: async ({ open }) => {
    const { token } = await (path.startsWith('/system')
      ? createAdmin(open.world)
      : open.world.trader())
    const sent = await open.send({
      method: 'GET',
      path,
      headers: { authorization: `Bearer ${token}` },
    })
    expectThat(sent.status === 400 && sent.codes[0] === 'BAD_REQUEST', sent)
    expectThat(sent.text.includes(`"field":"${name}"`), sent.text)
  },
})

/** Unknown parameters. If ignored, the response would differ from the one requested. */
export const parameterAttacks: readonly Attack<GuardWorld>[] = [
  ...unknown,
  refusedLetter({
    name: 'one parameter of the traces twice',
    letter: { method: 'GET', path: '/system/traces?limit=1&limit=200' },
    codes: ['BAD_REQUEST'],
    status: 400,
  }),
  signedIn('/export/activity.csv?kinds=BUY&kinds=SELL', 'kinds'),
  signedIn('/export/activity.json?kind=BUY', 'kind'),
  signedIn('/export/activity.json?kinds%5B%5D=BUY', 'kinds[]'),
  signedIn('/export/activity.csv?Kinds=BUY', 'Kinds'),
  signedIn('/export/activity.csv?assetId=BTC&assetId=ETH', 'assetId'),
  signedIn('/system/audit?order=asc', 'order'),
  signedIn('/system/audit?limit=1&limit=2', 'limit'),
  signedIn('/system/blocks?ip=127.0.0.1', 'ip'),
]
