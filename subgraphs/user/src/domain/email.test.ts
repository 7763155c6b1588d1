import { describe, expect, it } from '@jest/globals'
import { readEmail, showEmail } from './email.ts'

describe('readEmail', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    [' Ada.L+tag@Mail.Example.CO ', 'ada.l+tag@mail.example.co'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    ["o'brien@example.ie", "o'brien@example.ie"],
    ["!#$%&'*+/=?^_`{|}~-@example.org", "!#$%&'*+/=?^_`{|}~-@example.org"],
    ['ada..l@example.com', 'ada..l@example.com'],
    ['.ada.@example.com', '.ada.@example.com'],
    ['ada@example.c', 'ada@example.c'],
    ['ada@a.b.c.example.museum', 'ada@a.b.c.example.museum'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['ada@例え.テスト', 'ada@xn--r8jz45g.xn--zckzah'],
    ['ada@例え。テスト', 'ada@xn--r8jz45g.xn--zckzah'],
    ['ada@पत्रिका.भारत', 'ada@xn--11b3arz5ee0h.xn--h2brj9c'],
  ])('reads %s as %s', (text, email) => {
    expect(readEmail(text)).toBe(email)
    expect(readEmail(showEmail(email))).toBe(email)
  })

  it.each([
    'ada',
    'ada@',
    '@example.com',
    'ada@example',
    'ada@bücher',
    'ada@.com',
    'ada@example.com.',
    'ada@-example.com',
    'ada@example-.com',
    'ada@exam_ple.com',
    'ada@exam_plé.com',
    'ada@exa mple.com',
    'ada@exa mplé.com',
    'ada@é%2Eexample.com',
    'ada@é\u00ad.example',
    'ada@b@example.com',
    'a da@example.com',
    'ada"@example.com',
    'ädä@example.com',
    '\u212Aelvin@example.com',
    'ada@\u212Aelvin.example@x.com',
    'ada@example.com\u0000',
    'ada@example.com\n.evil.example',
    '<ada@example.com>',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a.'.repeat(130)}com`,
    `ada@${'é'.repeat(70)}.com`,
    `ada@${'a'.repeat(64)}.com`,
  ])('refuses %j', (text) => {
    expect(() => readEmail(text)).toThrow('email: must')
  })

  const inName = 'before the “@”: only a to z, digits and signs like . _ + -'
  const inDomain = 'after the “@”: only letters, digits, hyphens and dots'
  const ends = 'must have a letter or a digit at both ends of each part of its domain'
  it.each([
    ['', 'must be an address such as ada@example.com'],
    ['ada', 'must be an address such as ada@example.com'],
    ['@example.com', 'must have a name before the “@”, as in ada@example.com'],
    ['ada@', 'must have a domain after the “@”, as in ada@example.com'],
    ['ada@b@example.com', 'must have only one “@”'],
    ['josé@example.com', `must not have “é” (character 4) ${inName}`],
    ['jose\u0301@example.com', `must not have “é” (character 4) ${inName}`],
    [' a da@example.com', `must not have a space (character 2) ${inName}`],
    ['ad\u200ba@example.com', `must not have an invisible character (character 3) ${inName}`],
    ['😀@example.com', `must not have “😀” (character 1) ${inName}`],
    ['\u212Aelvin@example.com', `must not have “\u212A” (character 1) ${inName}`],
    ['ada@exam_ple.com', `must not have “_” (character 9) ${inDomain}`],
    ['ada@exa mplé.com', `must not have a space (character 8) ${inDomain}`],
    ['ada@example', 'must have a dot in its domain, as in ada@example.com'],
    ['ada@example.com.', ends],
    ['ada@-example.com', ends],
    [`ada@${'a'.repeat(64)}.com`, 'must have at most 63 characters between the dots of its domain'],
    [`${'a'.repeat(65)}@example.com`, 'must have at most 64 characters before the “@”'],
    [`ada@${'a.'.repeat(130)}com`, 'must have at most 254 characters'],
  ])('names in %j what is wrong: %s', (text, reason) => {
    expect(() => readEmail(text)).toThrow(`email: ${reason}`)
  })

  it('shows a domain in its own script', () => {
    expect(showEmail('ada@xn--bcher-kva.example')).toBe('ada@bücher.example')
    expect(showEmail('ada@example.com')).toBe('ada@example.com')
    expect(showEmail('ada@xn--a.example')).toBe('ada@xn--a.example')
  })
})
