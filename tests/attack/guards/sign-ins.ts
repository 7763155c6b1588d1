import type { Attack } from '../attack.ts'
import { expectRefusal, expectThat } from './repel.ts'
import type { GuardWorld, Target } from './world.ts'

const codes = ['IP_BLOCKED']
// Names differ, because a delay also protects each account.
let names = 0
const field = (): string => {
  names += 1
  return `signIn(input: { username: "nobody_${names}", password: "Wrong-Guess-1" }) { accessToken }`
}
const guess = () => ({ query: `mutation { ${field()} }` })

const aliased = (count: number): string =>
  Array.from({ length: count }, (_, index) => `g${index}: ${field()}`).join(' ')

async function useUp(target: Target, from: string): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const sent = await target.send({ body: guess(), from })
    expectThat(sent.codes[0] === 'INVALID_CREDENTIALS', sent.text)
  }
}

const blocked = (name: string, body: unknown): Attack<GuardWorld> => ({
  name,
  run: async ({ open, freshAddress }) => {
    const from = freshAddress()
    await expectRefusal(open, { body, from }, { codes, status: 403 })
    // A refused guess counts as an attempt: the address is blocked.
    await expectRefusal(open, { body: guess(), from }, { codes, status: 403 })
  },
})

/** Password guesses beyond the limit of an address. */
export const signInAttacks: readonly Attack<GuardWorld>[] = [
  {
    name: 'a sixth guess',
    run: async ({ open, freshAddress }) => {
      const from = freshAddress()
      await useUp(open, from)
      const sent = await expectRefusal(open, { body: guess(), from }, { codes, status: 403 })
      expectThat(Number(sent.headers['retry-after']) > 0, sent.headers)
    },
  },
  {
    name: 'the right password from a blocked address',
    run: async ({ open, freshAddress }) => {
      const from = freshAddress()
      const { username, password } = await open.world.trader()
      await useUp(open, from)
      const body = { username, password }
      await expectRefusal(open, { path: '/auth/sign-in', body, from }, { codes, status: 403 })
    },
  },
  {
    name: 'a guess with 100 forged X-Forwarded-For',
    run: async ({ open, freshAddress }) => {
      const from = freshAddress()
      await useUp(open, from)
      for (let index = 0; index < 100; index += 1) {
        const name = index % 2 === 0 ? 'x-forwarded-for' : 'X-Forwarded-For'
        const headers = {
          [name]: `198.51.100.${index}, 203.0.113.${index}`,
          'x-real-ip': '10.0.0.1',
        }
        await expectRefusal(open, { body: guess(), from, headers }, { codes, status: 403 })
      }
    },
  },
  blocked('15 guesses under aliases', { query: `mutation { ${aliased(15)} }` }),
  {
    name: 'guesses under aliases in a fragment',
    run: async ({ open, freshAddress }) => {
      const from = freshAddress()
      const query = `mutation { ...F } fragment F on Mutation { ${aliased(8)} }`
      const sent = await open.send({ body: { query }, from })
      // The first is checked; it counts with those behind it, so that the address is blocked.
      expectThat(sent.codes.join() === 'INVALID_CREDENTIALS', sent.text)
      await expectRefusal(open, { body: guess(), from }, { codes, status: 403 })
    },
  },
  {
    name: 'a batch of guesses',
    run: async ({ open, freshAddress }) => {
      const body = Array.from({ length: 20 }, () => guess())
      await expectRefusal(open, { body, from: freshAddress() }, { codes: ['BAD_REQUEST'] })
    },
  },
]
