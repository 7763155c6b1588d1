import { describe, expect, it } from '@jest/globals'
import { ageOn } from '@cnop/kit/personal-data'
import { readBirthDate } from './user.ts'
import { readEmail } from './email.ts'
import { refuseMarkup } from './markup.ts'
import { readPersonName } from './user.ts'
import { readPhone } from './user.ts'
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
    '\u212Aelvin',
    'ｔｒａｄｅｒ',
    '',
  ])('refuses "%s"', (text) => {
    expect(() => readUsername(text)).toThrow('username')
  })
})

describe('readPersonName', () => {
  it.each([
    'ada',
    'ADA',
    'McDonald',
    'van der Berg',
    "o'neill-smith",
    'O’Brien',
    'O‘Brien',
    'ʻAkahi',
    "'t Hooft",
    'd´Arc',
    'anna maria',
    'josé',
    'Jean‐Luc',
    'Jean‑Luc',
    'García–López',
    'J. R. R.',
    'King, Jr.',
    'Gal·la',
    'ジョン・スミス',
    'ｼﾞｮﾝ･ｽﾐｽ',
    'ゲオルク゠フリードリヒ',
    '李',
    '李　小龍',
    '김수현',
    'Анна-Мария',
    'Ελένη',
    'محمد بن سلمان',
    'צ׳רצ׳יל',
    'בן־גוריון',
    'संजय',
    'ක්‍රිස්ටෝෆර්',
    'می‌خواهم',
    'അനില്‍',
    'กิตติ์',
    'Անի֊Մարի',
    'a'.repeat(50),
    '𠮷'.repeat(50),
    '辻\u{e0100}',
    '神\ufe00田',
    'ᠠᠯᠲᠠᠨ\u180b',
  ])('keeps "%s" as it was typed', (name) => {
    expect(readPersonName('firstName', name)).toBe(name.normalize('NFC'))
    expect(readPersonName('firstName', `  ${name}\t`)).toBe(name.normalize('NFC'))
  })

  it('has one form for what looks the same', () => {
    expect(readPersonName('firstName', 'Jose\u0301')).toBe('José')
    expect(readPersonName('firstName', 'e\u0301'.repeat(50))).toHaveLength(50)
  })

  it.each([
    '',
    '   ',
    '-',
    "'",
    '.',
    '\u0301',
    '\u0301a',
    'Ada1',
    'Ada١',
    'Ada²',
    'Ⅷ',
    'Ada@',
    'Ada!',
    'Ada_',
    'Ada/Bob',
    'Ada:Bob',
    'Ada;Bob',
    'Ada & Bob',
    '{{Ada}}',
    '<i>Ada</i>',
    'Ada>',
    'javascript:alert',
    'data:text',
    'https://evil.example',
    '😀',
    'Ada\nBob',
    'Ada\tBob',
    'Ada\u0000',
    'Ada\u007f',
    'Ada\u0085',
    'Ada\u00ad',
    'Ada\u200b',
    'Ada\u200d',
    'A\u200cda',
    '\u200dمحمد',
    'Ada\u202eadA',
    'Ada\u2066',
    'Ada\u200f',
    'Ada\ufeffBob',
    'Ada\ud800',
    'Ada\ue000',
    'a'.repeat(51),
  ])('refuses %j', (text) => {
    expect(() => readPersonName('lastName', text)).toThrow('lastName')
  })

  it('refuses every character that shows nothing', () => {
    const all = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code))
    const invisible = all.filter((character) => /\p{Default_Ignorable_Code_Point}/u.test(character))
    const accepts = (read: () => string): boolean => {
      try {
        return read() !== ''
      } catch {
        return false
      }
    }
    expect(invisible.length).toBeGreaterThan(4_000)
    const named = (character: string) => readPersonName('lastName', `Ad${character}a`)
    expect(invisible.filter((character) => accepts(() => named(character)))).toEqual([])
    // Some domains need joiners, and the conversion refuses them in the others.
    const hidden = invisible.filter((character) => !/[\u200C\u200D]/.test(character))
    const mailed = (character: string) => readEmail(`ada@ex${character}ample.com`)
    expect(hidden.filter((character) => accepts(() => mailed(character)))).toEqual([])
  })

  const signs = "only letters, spaces and . ' -"
  it.each([
    ['Ada2', `must not have “2” (character 4), ${signs}`],
    ['Ada\nBob', `must not have a line break (character 4), ${signs}`],
    ['A\u034fda', `must not have an invisible character (character 2), ${signs}`],
    ['辻\u{e0100}\u{e0101}', `must not have an invisible character (character 3), ${signs}`],
    ['A\u200cda', `must not have an invisible character (character 2), ${signs}`],
    ["'-.", 'must have a letter'],
    ['', 'must have 1 to 50 characters'],
  ])('names in %j what is wrong: %s', (text, reason) => {
    expect(() => readPersonName('lastName', text)).toThrow(`lastName: ${reason}`)
  })
})

describe('readPhone', () => {
  it.each([
    ['2079460018', '2079460018'],
    ['+44 (20) 7946-0018', '442079460018'],
    ['123456789012345', '123456789012345'],
    ['٠١٢٣٤٥٦٧٨٩', '0123456789'],
    ['+۹۸ ۲۱ ۱۲۳۴۵۶۷۸', '982112345678'],
    ['０１２３４５６７８９', '0123456789'],
    ['𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡𝟎𝟏', '012345678901'],
  ])('reads %s as %s', (text, digits) => {
    expect(readPhone(text)).toBe(digits)
  })

  it.each([
    '',
    '123456789',
    '1234567890123456',
    `1234567890${' '.repeat(40)}`,
    '<1>2345678901',
    '212 555 0100 ext 5',
    '2125550100/7',
    '2125550100,7',
    '2125550100#7',
    '212+555+0100',
    'call 2125550100',
  ])('refuses "%s"', (text) => {
    expect(() => readPhone(text)).toThrow('phone')
  })
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
