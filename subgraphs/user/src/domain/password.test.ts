import { describe, expect, it } from '@jest/globals'
import { readNewPassword, readOfferedPassword } from './password.ts'

describe('readNewPassword', () => {
  it.each([
    'Correct-Horse-42',
    'Aa1!Aa1!Aa1!',
    ' Leading and trailing 1! ',
    'Blanks and ünïcode 1.',
    '<b>Markup-Is-Fine-1</b>',
    `Aa1!${'x'.repeat(124)}`,
    // Twelve characters, of which four are outside the basic plane.
    'Aa1!😀😀😀😀aaaa',
  ])('gives "%s" back unaltered', (password) => {
    expect(readNewPassword('password', password)).toBe(password)
  })

  it.each([
    ['Aa1!Aa1!Aa1', 'must have 12 to 128 characters'],
    [`Aa1!${'x'.repeat(125)}`, 'must have 12 to 128 characters'],
    ['aa1!aa1!aa1!', 'must contain an upper-case letter'],
    ['AA1!AA1!AA1!', 'must contain a lower-case letter'],
    ['Aaa!Aaa!Aaa!', 'must contain a digit'],
    ['Aa11Aa11Aa11', 'must contain one of !@#$%^&*()-_=+.'],
    ['Aa1~Aa1~Aa1~', 'must contain one of !@#$%^&*()-_=+.'],
    ['aaaaaaaaaaaa', 'must contain an upper-case letter, a digit, one of !@#$%^&*()-_=+.'],
  ])('refuses "%s": %s', (password, reason) => {
    expect(() => readNewPassword('newPassword', password)).toThrow(reason)
  })
})

describe('a password of another keyboard', () => {
  const composed = 'Caf\u00e9-Horse-42'
  const decomposed = 'Cafe\u0301-Horse-42'

  it('is the same password', () => {
    expect(readNewPassword('password', decomposed)).toBe(composed)
    expect(readOfferedPassword('password', decomposed)).toEqual({
      normalised: composed,
      typed: decomposed,
    })
  })

  it('has as many characters as its owner sees', () => {
    expect(readNewPassword('password', `Aa1!${'e\u0301'.repeat(124)}`)).toHaveLength(128)
    expect(() => readNewPassword('password', `Aa1!${'e\u0301'.repeat(7)}`)).toThrow('12 to 128')
  })
})

describe('readOfferedPassword', () => {
  it('accepts what an older rule may have allowed', () => {
    expect(readOfferedPassword('password', 'short')).toEqual({
      normalised: 'short',
      typed: 'short',
    })
  })

  it.each(['', 'x'.repeat(129)])('refuses what no rule ever allowed: "%s"', (password) => {
    expect(() => readOfferedPassword('password', password)).toThrow('password')
  })
})
