/**
 * Validation of names, addresses and phone numbers. Services and the dashboard share these rules, so nothing here
 * depends on Node or on a browser.
 */

/** A text as it is stored, or the reason why it is refused: the rest of a sentence about it, "must …". */
export type Checked =
  | { readonly value: string; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: string }

/** What a character is called that cannot be quoted; the first that matches. */
const unquotable: readonly (readonly [RegExp, string])[] = [
  [/^ $/, 'a space'],
  [/^\p{Zs}$/u, 'a special space'],
  [/^\t$/, 'a tab'],
  [/^\s$/, 'a line break'],
  [/^[\p{C}\p{Default_Ignorable_Code_Point}]$/u, 'an invisible character'],
  [/^\p{M}$/u, 'an accent'],
]

/**
 * The character at which a text stops matching and its place, counted from 1 behind `offset`: "“é” (character 4)".
 * Undefined when all of it matches. The text is short, since each of its beginnings is tested.
 */
function findRefused(text: string, accepted: RegExp, offset = 0): string | undefined {
  const characters = Array.from(text)
  const index = characters.findIndex(
    (_, at) => !accepted.test(characters.slice(0, at + 1).join('')),
  )
  const refused = characters[index]
  if (refused === undefined) return undefined
  const [, name = `“${refused}”`] = unquotable.find(([kind]) => kind.test(refused)) ?? []
  return `${name} (character ${offset + index + 1})`
}

const maxCharacters = 50

/** Apostrophes as keyboards give them, Hebrew geresh and gershayim, dots, middle dots and commas ("King, Jr."). */
const marksOfNames = String.raw`'’‘´＇\u05F3\u05F4.．·‧・･,،`

/** Hyphens and dashes of several scripts, among them the Armenian, the Hebrew and the Japanese one. */
const hyphens = String.raw`\-\u2010-\u2013\u058A\u05BE\u30A0\uFF0D`

/** Ordinary, no-break and ideographic space. */
const spaces = String.raw` \u00A0\u202F\u3000`

/**
 * Zero-width joiners are invisible, so they are accepted only where the spelling needs them: after a letter or a
 * mark of the scripts that use them, such as the Persian and the Indic ones.
 */
const joiningScripts = [
  ...[
    'Arabic',
    'Syriac',
    'Mongolian',
    'Nko',
    'Devanagari',
    'Bengali',
    'Gurmukhi',
    'Gujarati',
    'Oriya',
  ],
  ...['Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar', 'Tibetan'],
]
const joinable = joiningScripts.map((name) => String.raw`\p{Script_Extensions=${name}}`).join('')
const joiner = String.raw`(?<=[\p{L}\p{M}])(?<=[${joinable}])[\u200C\u200D]`

/** Selectors of a variant of the character before them: a Han character, of which names have many, or a Mongolian letter. */
const selector = [
  String.raw`(?<=\p{Script=Han})[\uFE00-\uFE02\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=(?=\p{L})\p{Script=Mongolian})[\u180B-\u180D\u180F]`,
].join('|')

/** Letters and marks that show nothing, such as the Hangul fillers and the combining grapheme joiner. */
const invisible = String.raw`\p{Default_Ignorable_Code_Point}`

const pattern = new RegExp(
  String.raw`^(?!\p{M})(?:(?!${invisible})[\p{L}\p{M}${marksOfNames}${hyphens}${spaces}]|${joiner}|${selector})+$`,
  'u',
)
const hasLetter = /\p{L}/u

function findNameFault(name: string): string | undefined {
  const { length } = Array.from(name)
  if (length === 0 || length > maxCharacters) return `must have 1 to ${maxCharacters} characters`
  const refused = findRefused(name, pattern)
  if (refused !== undefined) {
    return `must not have ${refused}, only letters, spaces and . ' -`
  }
  return hasLetter.test(name) ? undefined : 'must have a letter'
}

/**
 * A first or last name as it was typed, trimmed and in Unicode form NFC. It has 1 to 50 characters (code points): letters
 * and marks of any script, spaces, hyphens, apostrophes, dots and commas.
 */
export function readName(text: string): Checked {
  const name = text.normalize('NFC').trim()
  const fault = findNameFault(name)
  return fault === undefined ? { value: name } : { fault }
}

const maxAddressLength = 254
const maxLocalLength = 64
const maxLabelLength = 63
const tooLong = `must have at most ${maxAddressLength} characters`

/** The two sides of the rule that HTML has for `<input type="email">`. */
const local = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+$/i
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/**
 * What a domain in other scripts may consist of before it is converted: no ASCII beside letters, digits, `-` and `.`, and nothing
 * that shows nothing, because the conversion drops it.
 */
const internationalDomain =
  /^(?:[a-z0-9.-]|[^\p{ASCII}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]|[\u200C\u200D])+$/iu
const asciiDomain = /^[a-z0-9.-]+$/i
const isAscii = /^\p{ASCII}*$/u

/** Converts a domain to ASCII (punycode); empty for what cannot be converted. */
export type ToAscii = (domain: string) => string

const example = 'ada@example.com'

function findLocalFault(name: string): string | undefined {
  if (name === '') return `must have a name before the “@”, as in ${example}`
  if (name.includes('@')) return 'must have only one “@”'
  if (name.length > maxLocalLength)
    return `must have at most ${maxLocalLength} characters before the “@”`
  if (local.test(name)) return undefined
  // As it is seen: a letter with its accent is one character.
  const refused = findRefused(name.normalize('NFC'), local) ?? findRefused(name, local) ?? ''
  return `must not have ${refused} before the “@”: only a to z, digits and signs like . _ + -`
}

function findLabelFault(domain: string): string | undefined {
  const labels = domain.split('.')
  if (labels.length < 2) return `must have a dot in its domain, as in ${example}`
  if (labels.some(({ length }) => length > maxLabelLength))
    return `must have at most ${maxLabelLength} characters between the dots of its domain`
  if (labels.every((part) => label.test(part))) return undefined
  return 'must have a letter or a digit at both ends of each part of its domain'
}

function findDomainFault(domain: string, toAscii: ToAscii, offset: number): string | undefined {
  if (domain === '') return `must have a domain after the “@”, as in ${example}`
  if (domain.length > maxAddressLength) return tooLong
  const accepted = isAscii.test(domain) ? asciiDomain : internationalDomain
  const refused = findRefused(domain, accepted, offset)
  if (refused !== undefined)
    return `must not have ${refused} after the “@”: only letters, digits, hyphens and dots`
  const converted = toAsciiDomain(domain, toAscii)
  return converted === '' ? 'must have a valid domain after the “@”' : findLabelFault(converted)
}

/**
 * An e-mail address in the form in which it is stored and compared: trimmed, lower case, the domain in ASCII. It follows the
 * rule of HTML, and its domain has a dot. The reason of a refusal names the character that is not accepted and its place.
 */
export function readAddress(text: string, toAscii: ToAscii): Checked {
  const address = text.trim()
  const at = address.lastIndexOf('@')
  if (at === -1) return { fault: `must be an address such as ${example}` }
  const name = address.slice(0, at)
  const domain = address.slice(at + 1)
  const offset = Array.from(name.normalize('NFC')).length + 1
  const fault = findLocalFault(name) ?? findDomainFault(domain, toAscii, offset)
  if (fault !== undefined) return { fault }
  const value = `${name}@${toAsciiDomain(domain, toAscii)}`.toLowerCase()
  return value.length > maxAddressLength ? { fault: tooLong } : { value }
}

/** An ASCII domain stays as it is: a conversion would read `0x7f.1` as the address of a machine. */
function toAsciiDomain(domain: string, toAscii: ToAscii): string {
  if (isAscii.test(domain)) return domain
  return internationalDomain.test(domain) ? toAscii(domain) : ''
}

const maxPhoneLength = 40
const decimalDigit = /\p{Nd}/u
/** An optional plus sign, then digits and the signs that group them. */
const phoneForm = /^\s*\+?[\p{Nd}\p{Zs}\p{Pd}.()[\]]+$/u

/** The value of a decimal digit of any script. Unicode keeps the ten digits of a script together, in order. */
function digitValue(digit: string): number {
  const codePoint = digit.codePointAt(0) ?? 0
  let value = 0
  while (decimalDigit.test(String.fromCodePoint(codePoint - value - 1))) value += 1
  return value % 10
}

/**
 * A phone number as 10 to 15 ASCII digits; undefined for what is none. Digits of other scripts are converted. Spaces,
 * hyphens, dots, brackets and a leading plus sign are removed; anything else, such as an extension, is refused.
 */
export function readPhoneDigits(text: string): string | undefined {
  if (text.length > maxPhoneLength || !phoneForm.test(text)) return undefined
  const digits = Array.from(text).filter((sign) => decimalDigit.test(sign))
  return digits.length < 10 || digits.length > 15 ? undefined : digits.map(digitValue).join('')
}

/** Full years between a date of birth and a day, both YYYY-MM-DD. Born on 29 February, one is a year older on 1 March. */
export function ageOn(day: string, dateOfBirth: string): number {
  const years = parseInt(day.slice(0, 4), 10) - parseInt(dateOfBirth.slice(0, 4), 10)
  return day.slice(5) < dateOfBirth.slice(5) ? years - 1 : years
}
