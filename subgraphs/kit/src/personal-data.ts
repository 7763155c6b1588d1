/**
 * Validation of names, addresses and phone numbers. Services and the dashboard share these rules, so nothing here
 * depends on Node or on a browser.
 */

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

const pattern = new RegExp(
  String.raw`^(?!\p{M})(?:[\p{L}\p{M}${marksOfNames}${hyphens}${spaces}]|${joiner})+$`,
  'u',
)
const hasLetter = /\p{L}/u

/**
 * A first or last name as it was typed, trimmed and in Unicode form NFC; undefined for what is none. It has 1 to 50
 * characters (code points): letters and marks of any script, spaces, hyphens, apostrophes, dots and commas.
 */
export function readName(text: string): string | undefined {
  const name = text.normalize('NFC').trim()
  const isInRange = name !== '' && Array.from(name).length <= maxCharacters
  return isInRange && pattern.test(name) && hasLetter.test(name) ? name : undefined
}

const maxAddressLength = 254
const maxLocalLength = 64

/** The two sides of the rule that HTML has for `<input type="email">`. */
const local = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+$/i
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** What a domain in other scripts may consist of before it is converted; no ASCII beside letters, digits, `-` and `.`. */
const internationalDomain = /^(?:[a-z0-9.-]|[^\p{ASCII}\p{C}\p{Z}]|[\u200C\u200D])+$/iu
const isAscii = /^\p{ASCII}*$/u

/** Converts a domain to ASCII (punycode); empty for what cannot be converted. */
export type ToAscii = (domain: string) => string

/**
 * An e-mail address in the form in which it is stored and compared: trimmed, lower case, the domain in ASCII;
 * undefined for what is none. It follows the rule of HTML, and its domain has a dot.
 */
export function readAddress(text: string, toAscii: ToAscii): string | undefined {
  const address = text.trim()
  const at = address.lastIndexOf('@')
  const name = address.slice(0, Math.max(at, 0))
  if (name.length > maxLocalLength || !local.test(name)) return undefined
  const domain = toAsciiDomain(address.slice(at + 1), toAscii)
  const labels = domain.split('.')
  if (labels.length < 2 || !labels.every((part) => label.test(part))) return undefined
  const stored = `${name}@${domain}`.toLowerCase()
  return stored.length > maxAddressLength ? undefined : stored
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
