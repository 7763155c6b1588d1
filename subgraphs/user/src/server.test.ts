import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { signUpForm, startUserWorld, type UserWorld } from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld()
})
afterAll(() => world.stop())

const me = /* GraphQL */ `
  {
    me {
      username
      email
      firstName
      phone
      dateOfBirth
      marketingConsent
      role
      createdAt
      portfolio {
        cash {
          available
          held
          posted
        }
        holdings {
          assetId
        }
        holding(assetId: "BTC") {
          assetId
        }
        allowance {
          depositLimit
          depositLeft
          withdrawLimit
          withdrawLeft
          resetsAt
        }
        activity(first: 10) {
          nodes {
            sequence
            kind
            cashChange
            cashAfter
            assetId
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
        tradeFacts {
          side
        }
      }
    }
  }
`

const moveCash = (kind: 'deposit' | 'withdraw') => /* GraphQL */ `
  mutation Move($key: ID!, $amount: Money!) {
    ${kind}(input: { key: $key, amount: $amount }) {
      entry { id sequence kind cashChange cashAfter createdAt hash }
      cash { available held posted }
    }
  }
`

describe('the user subgraph', () => {
  it('opens an account, signs in and shows the owner an empty portfolio', async () => {
    const signedUp = await world.signUp('Ada_Lovelace', {
      phone: '+44 (20) 7946-0018',
      dateOfBirth: '1990-12-10',
    })
    expect(signedUp.data).toEqual({
      signUp: { user: { username: 'ada_lovelace', createdAt: '2026-01-05T10:00:00.000Z' } },
    })
    const { actor } = await world.signIn('ADA_LOVELACE')
    const { data, errors } = await world.call(me, {}, actor)
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      me: {
        username: 'ada_lovelace',
        email: 'ada_lovelace@example.com',
        firstName: 'Ada',
        phone: '442079460018',
        dateOfBirth: '1990-12-10',
        marketingConsent: false,
        role: 'CUSTOMER',
        createdAt: '2026-01-05T10:00:00.000Z',
        portfolio: {
          cash: { available: '0.00', held: '0.00', posted: '0.00' },
          holdings: [],
          holding: null,
          allowance: {
            depositLimit: '10000.00',
            depositLeft: '10000.00',
            withdrawLimit: '5000.00',
            withdrawLeft: '5000.00',
            resetsAt: '2026-01-06T00:00:00.000Z',
          },
          activity: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } },
          tradeFacts: [],
        },
      },
    })
  })

  it('moves cash once for a key, and shows it in balance, allowance and activity', async () => {
    await world.signUp('grace_hopper')
    const { actor } = await world.signIn('grace_hopper')
    const paidIn = await world.call(
      moveCash('deposit'),
      { key: 'key-00000001', amount: '100.50' },
      actor,
    )
    expect(paidIn.errors).toBeUndefined()
    expect(paidIn.data).toMatchObject({
      deposit: {
        entry: { sequence: 1, kind: 'DEPOSIT', cashChange: '100.50', cashAfter: '100.50' },
        cash: { available: '100.50', held: '0.00', posted: '100.50' },
      },
    })
    const again = await world.call(
      moveCash('deposit'),
      { key: 'key-00000001', amount: '100.50' },
      actor,
    )
    expect(again.data).toEqual(paidIn.data)
    await world.call(moveCash('withdraw'), { key: 'key-00000002', amount: '0.50' }, actor)
    const { data } = await world.call(me, {}, actor)
    expect(data).toMatchObject({
      me: {
        portfolio: {
          cash: { available: '100.00' },
          allowance: { depositLeft: '9899.50', withdrawLeft: '4999.50' },
          activity: {
            nodes: [
              { sequence: 2, kind: 'WITHDRAWAL', cashChange: '-0.50', cashAfter: '100.00' },
              {
                sequence: 1,
                kind: 'DEPOSIT',
                cashChange: '100.50',
                cashAfter: '100.50',
                assetId: null,
              },
            ],
          },
        },
      },
    })
  })

  it.each([
    ['a short key', 'deposit', { key: 'short', amount: '1.00' }, 'BAD_USER_INPUT'],
    ['a strange key', 'deposit', { key: 'key:00000001', amount: '1.00' }, 'BAD_USER_INPUT'],
    ['nothing', 'deposit', { key: 'key-00000011', amount: '0.00' }, 'BAD_USER_INPUT'],
    ['less than nothing', 'withdraw', { key: 'key-00000011', amount: '-1.00' }, 'BAD_USER_INPUT'],
    [
      'more than one movement may be',
      'deposit',
      { key: 'key-00000011', amount: '1000000.01' },
      'BAD_USER_INPUT',
    ],
    ['a fraction of a cent', 'deposit', { key: 'key-00000011', amount: '1.001' }, 'BAD_USER_INPUT'],
    [
      'more than a day allows',
      'deposit',
      { key: 'key-00000011', amount: '10000.01' },
      'DAILY_LIMIT_EXCEEDED',
    ],
    [
      'more than there is',
      'withdraw',
      { key: 'key-00000011', amount: '0.01' },
      'INSUFFICIENT_FUNDS',
    ],
  ] as const)('refuses to move %s', async (_what, kind, variables, code) => {
    await world.signUp('poor_trader')
    const actor = { username: 'poor_trader', role: 'customer' as const, sessionId: 'ses_x' }
    expect(await world.refusal(moveCash(kind), variables, actor)).toBe(code)
  })

  it('refuses a key that was used for another movement', async () => {
    await world.signUp('key_reuser')
    const actor = { username: 'key_reuser', role: 'customer' as const, sessionId: 'ses_x' }
    const variables = { key: 'key-00000001', amount: '5.00' }
    expect(await world.refusal(moveCash('deposit'), variables, actor)).toBeUndefined()
    expect(await world.refusal(moveCash('withdraw'), variables, actor)).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  })

  it('lets one of two concurrent sign-ups of a name or address succeed', async () => {
    const forms = Array.from({ length: 8 }, (_, place) => ({ email: `rival${place}@example.com` }))
    const answers = await Promise.all(forms.map((form) => world.signUp('same_name', form)))
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code)
    expect(codes.filter((code) => code === undefined)).toHaveLength(1)
    expect(codes.filter((code) => code === 'USERNAME_TAKEN')).toHaveLength(7)
    const names = Array.from({ length: 8 }, (_, place) => `same_mail_${place}`)
    const rivals = await Promise.all(
      names.map((name) => world.signUp(name, { email: 'one@example.com' })),
    )
    const rivalCodes = rivals.map(({ errors }) => errors?.[0]?.extensions.code)
    expect(rivalCodes.filter((code) => code === undefined)).toHaveLength(1)
    expect(rivalCodes.filter((code) => code === 'EMAIL_TAKEN')).toHaveLength(7)
  })

  it.each([
    ['username', { username: 'a<b>cdef' }],
    ['username', { username: 'short' }],
    ['email', { email: 'not-an-address' }],
    ['password', { password: 'short' }],
    ['firstName', { firstName: '<b>Ada</b>' }],
    ['lastName', { lastName: '' }],
    ['phone', { phone: '123' }],
    ['dateOfBirth', { dateOfBirth: '2020-01-01' }],
  ])('refuses a sign-up whose %s breaks its rule', async (field, form) => {
    const { errors } = await world.call(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { user { username } } }',
      { input: signUpForm('rule_breaker', form) },
    )
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { field } })
  })

  it('answers references of the owner in batches and refuses those of others', async () => {
    await world.signUp('ref_owner')
    const actor = { username: 'ref_owner', role: 'customer' as const, sessionId: 'ses_x' }
    const query = /* GraphQL */ `
      query ($r: [_Any!]!) {
        _entities(representations: $r) {
          ... on User {
            email
          }
          ... on Portfolio {
            cash {
              available
            }
          }
          ... on Holding {
            quantity
          }
        }
      }
    `
    const own = [
      { __typename: 'User', username: 'ref_owner' },
      { __typename: 'Portfolio', username: 'ref_owner' },
      { __typename: 'Holding', username: 'ref_owner', assetId: 'BTC' },
    ]
    expect(await world.call(query, { r: own }, actor)).toEqual({
      data: {
        _entities: [{ email: 'ref_owner@example.com' }, { cash: { available: '0.00' } }, null],
      },
    })
    const foreign = own.map((reference) => ({ ...reference, username: 'ada_lovelace' }))
    const { errors } = await world.call(query, { r: foreign }, actor)
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
      'FORBIDDEN',
    ])
  })

  it('needs a signed-in user for everything that belongs to one', async () => {
    expect(await world.refusal(me)).toBe('UNAUTHENTICATED')
    expect(await world.refusal('mutation { signOut { signedOutAt } }')).toBe('UNAUTHENTICATED')
    const variables = { key: 'key-00000001', amount: '1.00' }
    expect(await world.refusal(moveCash('deposit'), variables)).toBe('UNAUTHENTICATED')
  })

  it('is healthy as long as its store answers', async () => {
    expect(await world.subgraph.health()).toEqual({ store: 'ok' })
  })
})
