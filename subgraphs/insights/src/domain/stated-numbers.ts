/** A number as prose states it. */
export interface StatedNumber {
  readonly unit: 'DOLLARS' | 'PERCENT' | 'PLAIN'
  /** Without its sign. */
  readonly size: number
  readonly sign: '+' | '-' | undefined
  /** The value of its last digit: 0.1 for "62.4", 100 for "$1.2k". */
  readonly step: number
}

const digits = String.raw`\d+(?:,\d{3})*(?:\.\d+)?`
const scales: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  million: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
}
const stated = new RegExp(
  String.raw`(?<sign>(?<![\p{L}\d])[-−–+])?(?<dollars>(?:US)?\$\s?|\bUSD\s)?(?<inner>[-−+])?(?<digits>${digits})` +
    String.raw`(?:\s?(?<scale>k|m|bn?|thousand|million|billion)\b)?(?<unit>\s?%|\s?percent\b|\s?(?:US\s)?dollars\b|\s?USD\b)?`,
  'giu',
)

function unitOf(prefix: string | undefined, suffix: string | undefined): StatedNumber['unit'] {
  const after = suffix?.trim().toLowerCase()
  if (after === '%' || after === 'percent') return 'PERCENT'
  return prefix !== undefined || after !== undefined ? 'DOLLARS' : 'PLAIN'
}

function signOf(text: string | undefined): StatedNumber['sign'] {
  if (text === undefined) return undefined
  return text === '+' ? '+' : '-'
}

function readMatch(match: RegExpExecArray): StatedNumber {
  const { sign, inner, dollars, digits: text = '', scale, unit } = match.groups ?? {}
  const factor = scales[scale?.toLowerCase() ?? ''] ?? 1
  const decimals = text.split('.')[1]?.length ?? 0
  return {
    unit: unitOf(dollars, unit),
    size: Number(text.replaceAll(',', '')) * factor,
    sign: signOf(sign ?? inner),
    step: factor / 10 ** decimals,
  }
}

const statedHere = new RegExp(stated.source, 'iuy')

/** The number that a text states at an index, and how many characters it takes. */
export function matchStatedNumber(
  text: string,
  index: number,
): { readonly number: StatedNumber; readonly length: number } | undefined {
  statedHere.lastIndex = index
  const match = statedHere.exec(text)
  return match ? { number: readMatch(match), length: match[0].length } : undefined
}

/** Every number that a text states in digits. */
export const readStatedNumbers = (text: string): readonly StatedNumber[] =>
  [...text.matchAll(stated)].map(readMatch)

/** What remains of a text without them. */
export const withoutStatedNumbers = (text: string): string => text.replace(stated, ' ')

/** How far rounding may take a claim from its fact. */
const mostRounding = 0.05

/** Whether a claim repeats a fact: the same unit, the same direction where it states one, the same value but for rounding. */
export function repeats(claim: StatedNumber, fact: StatedNumber): boolean {
  if (claim.unit !== fact.unit) return false
  if (claim.sign !== undefined && claim.sign !== fact.sign) return false
  // "All of it" is no rounding of less.
  if (claim.unit === 'PERCENT' && claim.size >= 100 && fact.size < 100) return false
  const distance = Math.abs(claim.size - fact.size)
  // Decimal fractions are not exact in binary, hence the little more.
  return distance <= claim.step / 2 + claim.size * 1e-12 && distance <= fact.size * mostRounding
}
