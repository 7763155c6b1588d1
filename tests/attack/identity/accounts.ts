import { randomBytes } from 'node:crypto'
import { Agent, request } from 'undici'
import { createClient } from '../../world/client.ts'
import type { Trader } from '../../world/trader.ts'
import { newKey } from '../../world/world.ts'
import type { Attack } from '../attack.ts'
import { expectThat, type IdentityWorld } from './world.ts'

const update = /* GraphQL */ `
  mutation Update($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      user {
        email
        firstName
      }
    }
  }
`

const emailOf = async (trader: Trader): Promise<string> => {
  const { data } = await trader.ask<{ me: { email: string } }>('{ me { email } }')
  return data?.me.email ?? ''
}

const wrongPassword = 'Wrong-Horse-2026'

/** Tries an address and returns the code and the field of the refusal. */
async function tryEmail(trader: Trader, email: string, password?: string): Promise<string> {
  const input = { email, ...(password !== undefined && { currentPassword: password }) }
  const { errors } = await trader.ask(update, { input })
  const { code, details } = errors[0]?.extensions ?? {}
  return errors.length === 0 ? 'changed' : `${code ?? ''} ${details?.['field'] ?? ''}`.trim()
}

async function claimPocket(trader: Trader): Promise<void> {
  const claim = `mutation { claimRedPocket(input: { key: "${newKey()}", phrase: "luck" }) { amount } }`
  const { errors } = await trader.ask(claim)
  expectThat(errors.length === 0, { errors })
}

/** The cash that can be withdrawn, as the platform reports it. */
const withdrawableOf = async (trader: Trader): Promise<string> => {
  const { data } = await trader.ask<{ me: { portfolio: { cash: { withdrawable: string } } } }>(
    '{ me { portfolio { cash { withdrawable } } } }',
  )
  return data?.me.portfolio.cash.withdrawable ?? ''
}

/** Signs up over GraphQL or REST from a separate address. The forms are invalid, so that no password is hashed. */
function createStranger(origin: string, localAddress: string) {
  const dispatcher = new Agent({ localAddress })
  const post = async (path: string, body: object): Promise<number> => {
    const { statusCode, body: answer } = await request(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify(body),
      dispatcher,
    })
    await answer.dump()
    return statusCode
  }
  const form = 'username: "x", email: "x", password: "x", firstName: "x", lastName: "x"'
  return {
    signUps: (aliases: number) => {
      const fields = Array.from(
        { length: aliases },
        (_, at) => `a${at}: signUp(input: {${form}}) { user { username } }`,
      )
      return post('/graphql', { query: `mutation { ${fields.join(' ')} }` })
    },
    register: () => {
      const username = `rest_${randomBytes(6).toString('hex')}`
      const names = { first_name: 'Ada', last_name: '{}' }
      const secret = { password: 'Correct-Horse-26', email: `${username}@example.com` }
      return post('/api/v1/auth/register', { username, ...secret, ...names })
    },
    close: () => dispatcher.close(),
  }
}

export const accountAttacks: readonly Attack<IdentityWorld>[] = [
  {
    name: 'e-mail: changed by an intruder in an open session',
    run: async (world) => {
      const trader = await world.trader()
      const before = await emailOf(trader)
      const outcomes = [
        await tryEmail(trader, 'thief@example.com'),
        await tryEmail(trader, 'thief@example.com', ''),
        await tryEmail(trader, 'thief@example.com', wrongPassword),
      ]
      expectThat(
        outcomes.join() ===
          'BAD_USER_INPUT currentPassword,BAD_USER_INPUT currentPassword,INVALID_CREDENTIALS currentPassword',
        outcomes,
      )
      expectThat((await emailOf(trader)) === before, { before, after: await emailOf(trader) })
    },
  },
  {
    name: 'e-mail: changed without the password by imitating the REST API',
    run: async (world) => {
      const trader = await world.trader()
      const input = { email: 'thief@example.com' }
      const pretended = { 'x-client-api': 'rest', 'X-Client-Api': 'rest' }
      const { codes } = await trader.ask(update, { input }, pretended)
      expectThat(codes.join() === 'BAD_USER_INPUT', codes)
    },
  },
  {
    name: 'e-mail: taken addresses distinguished from free ones without the password',
    run: async (world) => {
      const trader = await world.trader()
      const taken = await emailOf(world.other)
      const free = `free.${randomBytes(4).toString('hex')}@example.com`
      for (const password of [undefined, wrongPassword]) {
        const answers = [
          await tryEmail(trader, taken, password),
          await tryEmail(trader, free, password),
        ]
        expectThat(new Set(answers).size === 1, answers)
      }
    },
  },
  {
    name: 'e-mail: many addresses tried with the password, with aliases and over both routers',
    run: async (world) => {
      const trader = await world.trader()
      const taken = await emailOf(world.other)
      const field = (at: number) =>
        `p${at}: updateProfile(input: { email: "${taken}", currentPassword: "${trader.password}" }) { user { email } }`
      const aliases = `mutation { ${Array.from({ length: 6 }, (_, at) => field(at)).join(' ')} }`
      const codes: string[] = []
      for (const origin of world.origins) {
        const answer = await createClient(origin, trader.token).ask(aliases)
        codes.push(...new Set(answer.codes))
      }
      expectThat(codes.join() === 'EMAIL_TAKEN,RATE_LIMITED', codes)
    },
  },
  {
    name: 'e-mail: the password guessed through the change of address',
    run: async (world) => {
      const trader = await world.trader()
      const outcomes: string[] = []
      for (let guess = 0; guess < 7; guess += 1) {
        outcomes.push(await tryEmail(trader, 'guess@example.com', `${wrongPassword}-${guess}`))
      }
      expectThat(
        outcomes.slice(0, 5).every((each) => each.startsWith('INVALID_CREDENTIALS')) &&
          outcomes.slice(5).every((each) => each === 'SIGN_IN_DELAYED'),
        outcomes,
      )
    },
  },
  {
    name: 'names: markup, links, digits and invisible characters',
    run: async ({ owner }) => {
      for (const firstName of [
        '<b>Ada</b>',
        'javascript:alert(1)',
        'Ada\u202Eada',
        'Ada\u0000',
        'Ada\u200B',
        '\u3164',
        'Ada\u115F',
        'Ada1',
        '{{Ada}}',
        'https://evil.example',
      ]) {
        const { codes } = await owner.ask(update, { input: { firstName } })
        expectThat(codes.join() === 'BAD_USER_INPUT', { firstName, codes })
      }
    },
  },
  {
    name: 'red pocket: withdrawn at once, in parts, at the same time and through a trade',
    run: async (world) => {
      const trader = await world.trader()
      await claimPocket(trader)
      expectThat((await trader.withdraws('8.88')).codes.join() === 'RED_POCKET_ON_HOLD', 'at once')
      expectThat((await trader.withdraws('0.01')).codes.join() === 'RED_POCKET_ON_HOLD', 'a part')
      await trader.buys('0.0001', 'BTC')
      await trader.sells('0.0001', 'BTC')
      const traded = await trader.withdraws(await trader.cash())
      expectThat(traded.codes.join() === 'RED_POCKET_ON_HOLD', traded.codes)
      await trader.deposits('50.00')
      const withdrawable = await withdrawableOf(trader)
      const twins = await Promise.all(
        world.origins.flatMap((origin) => {
          const document = `mutation { withdraw(input: { key: "${newKey()}", amount: "${withdrawable}" }) { cash { available } } }`
          return [createClient(origin, trader.token).ask(document), trader.withdraws(withdrawable)]
        }),
      )
      const paid = twins.filter(({ errors }) => errors.length === 0)
      expectThat(
        paid.length === 1,
        twins.map(({ codes }) => codes),
      )
      expectThat((await withdrawableOf(trader)) === '0.00', await withdrawableOf(trader))
    },
  },
  {
    name: 'sign-up: more than its budget from one address, by aliases, over REST and on both routers',
    run: async ({ origins }) => {
      const strangers = origins.map((origin) => createStranger(origin, '127.0.9.1'))
      const [first, second] = strangers
      try {
        const aliased = await Promise.all(Array.from({ length: 14 }, () => first!.signUps(10)))
        const others = await Promise.all(Array.from({ length: 15 }, () => second!.signUps(10)))
        expectThat(
          [...aliased, ...others].every((status) => status !== 429),
          { aliased, others },
        )
        // 290 of 300 are used. Eleven exceed the budget, so none of them runs.
        const statuses = [
          await second!.signUps(10),
          await first!.signUps(1),
          await second!.register(),
        ]
        expectThat(statuses.join() === `${others[0]},429,429`, statuses)
      } finally {
        await Promise.all(strangers.map((stranger) => stranger.close()))
      }
    },
  },
]
