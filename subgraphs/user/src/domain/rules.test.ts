import { describe, expect, it } from '@jest/globals'
import { ageOn, readBirthDate } from './birth-date.ts'
import { readEmail } from './email.ts'
import { refuseMarkup } from './markup.ts'
import { readPersonName } from './person-name.ts'
import { readPhone } from './phone.ts'
import { readUsername } from './username.ts'

describe('refuseMarkup', () => {
  it.each(['<b>', 'a > b', 'JavaScript:alert(1)', 'data :text/html', 'vbscript:x'])(
    'refuses %s',
    (text) => {
      expect(() => refuseMarkup('field', text)).toThrow('must not contain markup')
    },
  )

  it.each(['Ada', "O'Neill", 'metadata', 'a & b'])('lets %s pass', (text) => {
    expect(() => refuseMarkup('field', text)).not.toThrow()
  })
})

describe('readUsername', () => {
  it.each([
    ['trader', 'trader'],
    ['TRADER_01', 'trader_01'],
    ['a23456789012345678901234567890', 'a23456789012345678901234567890'],
  ])('reads %s as %s', (text, username) => {
    expect(readUsername(text)).toBe(username)
  })

  it.each([
    'five5',
    'a234567890123456789012345678901',
    'has blank',
    ' trader',
    'träder',
    'tra-der',
    '',
  ])('refuses "%s"', (text) => {
    expect(() => readUsername(text)).toThrow('username')
  })
})

describe('readEmail', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    [' Ada.L+tag@Mail.Example.CO ', 'ada.l+tag@mail.example.co'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('reads %s as %s', (text, email) => {
    expect(readEmail(text)).toBe(email)
  })

  it.each([
    'ada',
    'ada@',
    '@example.com',
    'ada@example',
    'ada@example.c',
    'ada@.com',
    'ada@-example.com',
    'ada..l@example.com',
    '.ada@example.com',
    'ada@exa mple.com',
    'ada@b@example.com',
    '<ada@example.com>',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a.'.repeat(130)}com`,
  ])('refuses %s', (text) => {
    expect(() => readEmail(text)).toThrow('email')
  })
})

describe('readPersonName', () => {
  it.each([
    ['ada', 'Ada'],
    ['  ADA  ', 'Ada'],
    ["o'neill-smith", "O'Neill-Smith"],
    ['o’neill', "O'Neill"],
    ['anna maria', 'Anna Maria'],
    ['josé', 'José'],
    ['李', '李'],
    ['a'.repeat(50), `A${'a'.repeat(49)}`],
  ])('reads "%s" as "%s"', (text, name) => {
    expect(readPersonName('firstName', text)).toBe(name)
  })

  it.each(['', '   ', '-', "'", 'Ada1', 'Ada.', '<i>Ada</i>', 'a'.repeat(51)])(
    'refuses "%s"',
    (text) => {
      expect(() => readPersonName('lastName', text)).toThrow('lastName')
    },
  )
})

describe('readPhone', () => {
  it.each([
    ['2079460018', '2079460018'],
    ['+44 (20) 7946-0018', '442079460018'],
    ['123456789012345', '123456789012345'],
  ])('reads %s as %s', (text, digits) => {
    expect(readPhone(text)).toBe(digits)
  })

  it.each(['', '123456789', '1234567890123456', `1234567890${' '.repeat(40)}`, '<1>2345678901'])(
    'refuses "%s"',
    (text) => {
      expect(() => readPhone(text)).toThrow('phone')
    },
  )
})

describe('readBirthDate', () => {
  const now = Date.parse('2026-01-05T10:00:00Z')

  it.each([
    ['2013-01-05', 13],
    ['2013-01-06', 12],
    ['1905-01-06', 120],
    ['1905-01-05', 121],
    ['2026-01-05', 0],
    ['2027-01-05', -1],
    ['2012-02-29', 13],
  ])('counts full years: born on %s is %s', (date, age) => {
    expect(ageOn('2026-01-05', date)).toBe(age)
  })

  it.each(['2013-01-05', '1905-01-06'])('accepts %s', (date) => {
    expect(readBirthDate(date, now)).toBe(date)
  })

  it.each(['2013-01-06', '1905-01-05', '2030-01-01'])('refuses %s', (date) => {
    expect(() => readBirthDate(date, now)).toThrow('dateOfBirth')
  })
})
