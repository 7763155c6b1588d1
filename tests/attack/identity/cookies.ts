import { openPlatform } from '@cnop/kit/open-platform'
import { createLog } from '@cnop/kit/log'
import { grantRole, loadUserConfig, openUserDeps } from '@cnop/user/operator'
import { decodeJwt } from 'jose'
import type { Trader } from '../../world/trader.ts'
import { createVisitor, type Visitor } from '../../world/visitor.ts'
import type { Attack } from '../attack.ts'
import { signOutDeadlineMs, timeUntilRefused } from './sessions.ts'
import { expectThat, type IdentityWorld } from './world.ts'

const refreshCookie = 'cnop_refresh'
const deviceCookie = 'cnop_device'

interface Browser {
  readonly visitor: Visitor
  readonly accessToken: string
  /** The cookies immediately after the sign-in. */
  readonly kept: ReadonlyMap<string, string>
}

/** Runs a function with visitors and closes them afterwards. */
async function withVisitors(
  world: IdentityWorld,
  run: (visit: (options?: VisitOptions) => Visitor) => Promise<void>,
): Promise<void> {
  const visitors: Visitor[] = []
  try {
    await run(({ router = 0, ...options } = {}) => {
      const visitor = createVisitor(world.origins[router]!, options)
      visitors.push(visitor)
      return visitor
    })
  } finally {
    await Promise.all(visitors.map((visitor) => visitor.close()))
  }
}

type VisitOptions = NonNullable<Parameters<typeof createVisitor>[1]> & { readonly router?: number }

async function signIn(visitor: Visitor, person: Pick<Trader, 'username' | 'password'>) {
  const answer = await visitor.signIn(person.username, person.password)
  expectThat(answer.status === 200, answer)
  return { visitor, accessToken: answer.accessToken, kept: new Map(visitor.cookies) }
}

async function expectRefused(world: IdentityWorld, { accessToken }: Pick<Browser, 'accessToken'>) {
  const elapsedMs = await timeUntilRefused(world.origins, accessToken)
  expectThat(elapsedMs <= signOutDeadlineMs, `still accepted after ${Math.round(elapsedMs)} ms`)
}

async function expectStatus(visitor: Visitor, status: number): Promise<void> {
  const answer = await visitor.refresh()
  expectThat(answer.status === status, answer)
}

/** A separate address per attempt, so that no address is blocked. */
let addresses = 0
const freshAddress = (): string => {
  addresses += 1
  return `127.0.11.${addresses}`
}

export const cookieAttacks: readonly Attack<IdentityWorld>[] = [
  ...[0, 1].map((router) => ({
    name: `cookie: kept after a sign-out at router ${router} with only the cookie`,
    run: (world: IdentityWorld) =>
      withVisitors(world, async (visit) => {
        const browser = await signIn(visit(), await world.trader())
        const leaving = visit({ router, cookies: browser.kept })
        expectThat((await leaving.signOut()).status === 204, 'the sign-out was refused')
        await expectRefused(world, browser)
        await expectStatus(visit({ router: 1 - router, cookies: browser.kept }), 401)
      }),
  })),
  {
    name: 'cookie: forged to sign another user out',
    run: (world) =>
      withVisitors(world, async (visit) => {
        const victim = await signIn(visit(), await world.trader())
        const token = victim.kept.get(refreshCookie)!
        const [username, sessionId, , secret] = token.split('.')
        const madeUp = [
          [username, sessionId, 'A'.repeat(22), secret],
          [world.other.username, sessionId, ...token.split('.').slice(2)],
          [username, sessionId],
        ].map((parts) => parts.join('.'))
        for (const value of madeUp) {
          await visit({ cookies: [[refreshCookie, value]] }).signOut()
        }
        await expectStatus(visit({ router: 1, cookies: victim.kept }), 200)
      }),
  },
  {
    name: 'cookie: stolen, and used within the grace period of its owner’s refresh',
    run: (world) =>
      withVisitors(world, async (visit) => {
        const owner = await signIn(visit(), await world.trader())
        await expectStatus(owner.visitor, 200)
        const thief = await signIn(visit({ router: 1 }), world.other)
        thief.visitor.cookies.set(refreshCookie, owner.kept.get(refreshCookie)!)
        await expectStatus(thief.visitor, 401)
        await expectStatus(owner.visitor, 401)
        await expectRefused(world, owner)
      }),
  },
  {
    name: 'cookie: stolen, and used before its owner’s refresh',
    run: (world) =>
      withVisitors(world, async (visit) => {
        const owner = await signIn(visit(), await world.trader())
        const stolen = [[refreshCookie, owner.kept.get(refreshCookie)!]] as const
        const thief = visit({ router: 1, cookies: stolen })
        const { accessToken } = await thief.refresh()
        await expectStatus(owner.visitor, 401)
        await expectStatus(thief, 401)
        await expectRefused(world, { accessToken })
      }),
  },
  {
    name: 'cookie: one device on two routers at once gets one successor',
    run: (world) =>
      withVisitors(world, async (visit) => {
        const { kept } = await signIn(visit(), await world.trader())
        const tabs = Array.from({ length: 10 }, (_, place) =>
          visit({ router: place % 2, cookies: kept }),
        )
        const answers = await Promise.all(tabs.map((tab) => tab.refresh()))
        const successors = new Set(tabs.map(({ cookies }) => cookies.get(refreshCookie)))
        const areGood = answers.every(({ status }) => status === 200)
        expectThat(areGood && successors.size === 1, answers)
      }),
  },
  {
    name: 'device: twelve guesses from anywhere lock out its owner',
    run: (world) =>
      withVisitors(world, async (visit) => {
        const { username, password } = await world.trader()
        const owner = visit({ from: freshAddress() })
        await signIn(owner, { username, password })
        await guess(visit, username, 12)
        const stranger = await visit({ from: freshAddress() }).signIn(username, password)
        expectThat(stranger.code === 'SIGN_IN_DELAYED', stranger)
        await signIn(owner, { username, password })
      }),
  },
  {
    name: 'device: the user’s own cookie, altered or unchanged, is accepted for the victim',
    run: (world) =>
      withVisitors(world, async (visit) => {
        const { username, password } = await world.trader()
        const attacker = visit({ from: freshAddress() })
        await signIn(attacker, world.other)
        const own = attacker.cookies.get(deviceCookie)!
        const [header, payload, signature] = own.split('.')
        const claims = JSON.stringify({ ...decodeJwt(own), acc: [username] })
        const altered = [header, Buffer.from(claims).toString('base64url'), signature].join('.')
        await guess(visit, username, 5)
        for (const token of [own, altered, payload!, world.other.token]) {
          const cookies = [[deviceCookie, token]] as const
          const answer = await visit({ from: freshAddress(), cookies }).signIn(username, password)
          expectThat(answer.code === 'SIGN_IN_DELAYED', answer)
        }
      }),
  },
  {
    name: 'device: its cookie allows unlimited guesses',
    run: (world) =>
      withVisitors(world, async (visit) => {
        const { username, password } = await world.trader()
        const { kept } = await signIn(visit({ from: freshAddress() }), { username, password })
        const codes = await guess(visit, username, 8, kept)
        expectThat(codes.at(-1) === 'SIGN_IN_DELAYED', codes)
      }),
  },
  {
    name: 'device: its token is accepted as an access token',
    run: (world) =>
      withVisitors(world, async (visit) => {
        const { kept } = await signIn(visit(), await world.trader())
        const elapsedMs = await timeUntilRefused(world.origins, kept.get(deviceCookie)!)
        expectThat(elapsedMs <= signOutDeadlineMs, `${elapsedMs} ms`)
      }),
  },
  ...(['ADMIN', 'CUSTOMER'] as const).map((role) => ({
    name: `role: a session from before its user became ${role}`,
    run: (world: IdentityWorld) =>
      withVisitors(world, async (visit) => {
        const trader = await world.trader()
        if (role === 'CUSTOMER') await changeRole(world, trader.username, 'ADMIN')
        const browser = await signIn(visit(), trader)
        await changeRole(world, trader.username, role)
        await expectRefused(world, browser)
        await expectStatus(visit({ router: 1, cookies: browser.kept }), 401)
      }),
  })),
]

/** Guesses a password, each time from another address. Returns the codes of the refusals. */
async function guess(
  visit: (options?: VisitOptions) => Visitor,
  username: string,
  times: number,
  cookies: ReadonlyMap<string, string> = new Map(),
): Promise<(string | undefined)[]> {
  const codes: (string | undefined)[] = []
  for (let count = 0; count < times; count += 1) {
    const visitor = visit({ from: freshAddress(), cookies })
    codes.push((await visitor.signIn(username, 'Wrong-Password-26')).code)
  }
  return codes
}

/** Does what `npm run admin` does, in a separate process with the store and the bus but without a router. */
async function changeRole(
  { env }: IdentityWorld,
  username: string,
  role: 'ADMIN' | 'CUSTOMER',
): Promise<void> {
  const config = loadUserConfig(env)
  const platform = await openPlatform(config.store, createLog('admin', config.store.log))
  try {
    await grantRole(await openUserDeps(config, platform), username, role)
  } finally {
    await platform.close()
  }
}
