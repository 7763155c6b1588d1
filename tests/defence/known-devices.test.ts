import { systemClock } from '@cnop/kit/clock'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createVisitor, type Visitor } from '../world/visitor.ts'
import { startWorld, type World } from '../world/world.ts'

const clock = fakeClock(systemClock())
let world: World
let addresses = 0
const visitors: Visitor[] = []

beforeAll(async () => {
  world = await startWorld({}, { now: clock.now })
})
afterAll(async () => {
  await Promise.all(visitors.map((visitor) => visitor.close()))
  await world.stop()
})

/** A client with a separate address, so that blocked addresses have no effect. */
function visitor(cookies: Visitor['cookies'] = new Map()): Visitor {
  addresses += 1
  const made = createVisitor(world.origin, { from: `127.0.9.${addresses}`, cookies })
  visitors.push(made)
  return made
}

/** Each guess comes from another address. */
async function guess(username: string, times: number, cookies?: Visitor['cookies']) {
  for (let count = 0; count < times; count += 1) {
    await visitor(cookies).signIn(username, 'Wrong-Password-26')
  }
}

describe('twelve wrong guesses from any address', () => {
  it('delay unrecognised devices, but not a device that has signed in before', async () => {
    const { username, password } = await world.trader()
    const owner = visitor()
    await owner.signIn(username, password)
    await owner.signOut()
    await guess(username, 12)
    const stranger = await visitor().signIn(username, password)
    expect(stranger).toMatchObject({ status: 429, code: 'SIGN_IN_DELAYED' })
    expect(parseInt(stranger.retryAfter!, 10)).toBeGreaterThan(0)
    expect(await owner.signIn(username, password)).toMatchObject({ status: 200 })
  })

  it('with the cookie of the device delay this device, and no other', async () => {
    const { username, password } = await world.trader()
    const [laptop, phone] = [visitor(), visitor()]
    await laptop.signIn(username, password)
    await phone.signIn(username, password)
    await guess(username, 6, laptop.cookies)
    expect(await laptop.signIn(username, password)).toMatchObject({ code: 'SIGN_IN_DELAYED' })
    expect(await phone.signIn(username, password)).toMatchObject({ status: 200 })
  })

  it('with its device cookie in another spelling count as unrecognised', async () => {
    const { username, password } = await world.trader()
    const owner = visitor()
    await owner.signIn(username, password)
    const padded = new Map([...owner.cookies].map(([name, token]) => [name, `${token}==`]))
    await guess(username, 5)
    expect(await owner.signIn(username, password)).toMatchObject({ status: 200 })
    await guess(username, 5)
    expect(await visitor(padded).signIn(username, password)).toMatchObject({
      code: 'SIGN_IN_DELAYED',
    })
  })

  it('with the device cookie of another user count as unrecognised', async () => {
    const [victim, other] = [await world.trader(), await world.trader()]
    const attacker = visitor()
    await attacker.signIn(other.username, other.password)
    for (const { username } of [victim, { username: 'nobody_has_this' }]) {
      await guess(username, 5, attacker.cookies)
      expect(await visitor().signIn(username, victim.password)).toMatchObject({
        code: 'SIGN_IN_DELAYED',
      })
    }
  })
})
