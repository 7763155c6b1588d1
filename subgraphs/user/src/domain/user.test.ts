import { describe, expect, it } from '@jest/globals'
import { planProfileChange, planSignUp } from './user.ts'

const now = Date.parse('2026-01-05T10:00:00Z')
const form = {
  username: 'Trader_1',
  email: 'T@Example.com',
  password: 'Correct-Horse-42',
  firstName: 'ada',
  lastName: 'LOVELACE',
}

describe('planSignUp', () => {
  it('reads every field by its own rule, and leaves names as they were typed', () => {
    expect(planSignUp({ ...form, phone: null, marketingConsent: true }, now)).toEqual({
      password: 'Correct-Horse-42',
      user: {
        username: 'trader_1',
        email: 't@example.com',
        firstName: 'ada',
        lastName: 'LOVELACE',
        phone: undefined,
        dateOfBirth: undefined,
        marketingConsent: true,
        role: 'CUSTOMER',
        createdAt: '2026-01-05T10:00:00.000Z',
        updatedAt: '2026-01-05T10:00:00.000Z',
      },
    })
  })

  it('names the first field that is wrong, in the order of the form', () => {
    expect(() => planSignUp({ ...form, email: 'x', firstName: '' }, now)).toThrow('email')
  })
})

describe('planProfileChange', () => {
  it('leaves out what was left out, and clears what is null', () => {
    expect(planProfileChange({}, now)).toEqual({})
    expect(
      planProfileChange({ firstName: 'grace', phone: null, marketingConsent: false }, now),
    ).toStrictEqual({
      firstName: 'grace',
      phone: undefined,
      marketingConsent: false,
    })
  })

  it.each(['email', 'firstName', 'lastName', 'marketingConsent'])(
    'refuses to clear %s',
    (field) => {
      expect(() => planProfileChange({ [field]: null }, now)).toThrow('cannot be cleared')
    },
  )
})
