import type { Prompt } from './prompt.ts'
import { judgeSentences, type SentenceFault } from './prose/judge.ts'
import { withoutStatedNumbers } from './stated-numbers.ts'

/** Why a language model's text is not shown. */
export type ProseFault = 'LENGTH' | 'MARKUP' | 'SUBJECT' | 'ASSETS' | SentenceFault

export type CheckedProse =
  | { readonly isGood: true; readonly text: string }
  | { readonly isGood: false; readonly fault: ProseFault }

const shortest = 20
const longest = 900
const fewestSentences = 2
const mostSentences = 4

/** Emphasis is harmless and common, so it is taken off; line breaks become blanks. */
const clean = (text: string): string => text.replace(/\*+/g, '').replace(/\s+/gu, ' ').trim()

/** Markup, code, links, addresses, invisible characters, and digits that are not 0 to 9. */
const markup =
  /[<>{}[\]`|\\@#_~^]|:\/\/|\bwww\.|[\p{L}\d-]\.[a-z]{2,}|\p{Cc}|\p{Cf}|\p{Co}|\p{Cn}|\p{Default_Ignorable_Code_Point}|(?![0-9])\p{N}/iu

/** Subjects that do not belong in a text about a portfolio; they indicate prompt injection. */
const foreignSubjects =
  /\b(?:pass(?:words?|phrases?|codes?)|seed phrase|private keys?|api keys?|credentials?|secrets?|log ?in|sign ?in|verify your|click|visit|call us|e-?mails?|phone|username|your account|bank|wire|gift cards?|wallets?|telegram|whatsapp|send|prompts?|instructions?|ignor(?:e|ing) (?:all|any|previous|the)|as an ai|language model|guarantee[ds]?|risk-free|jailbreak)\b/iu

const tickerLike = /\b[A-Z][A-Z0-9]{1,11}\b/g
const ordinaryCapitals = new Set(['USD', 'US', 'UTC'])

/** Numbers written as words are refused; the prompt requires digits. */
const numberWords =
  /\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|halves|halved|thirds?|quarters?|fifths?|tenths?|twice|thrice|doubl(?:e|ed|es|ing)|tripl(?:e|ed|es|ing)|quadrupled?|(?:two|three|four|five|ten)fold)\b/iu

/** Sentences end with a mark that a blank or the end follows, so that "$1.50" ends none. */
const readSentences = (text: string): readonly string[] => text.match(/\S.*?[.!?](?=\s|$)/gu) ?? []

/** Takes an exact ticker out, so that the digit of "1INCH" counts as no number. */
function withoutTickers(text: string, assetIds: readonly string[]): string {
  return assetIds.reduce(
    (rest, id) => rest.replace(new RegExp(`(?<![\\w.,])${id}(?!\\w)`, 'g'), ' '),
    text,
  )
}

function hasUnknownAsset(text: string, assetIds: readonly string[]): boolean {
  return (text.match(tickerLike) ?? []).some(
    (word) => !assetIds.includes(word) && !ordinaryCapitals.has(word),
  )
}

const hasNumberInWords = (text: string, { assetIds }: Prompt): boolean =>
  numberWords.test(withoutStatedNumbers(withoutTickers(text, assetIds)))

function findFault(
  text: string,
  sentences: readonly string[],
  prompt: Prompt,
): ProseFault | undefined {
  if (text.length < shortest) return 'LENGTH'
  if (sentences.length < fewestSentences || sentences.length > mostSentences) return 'LENGTH'
  if (markup.test(text)) return 'MARKUP'
  if (foreignSubjects.test(text)) return 'SUBJECT'
  if (hasUnknownAsset(text, prompt.assetIds)) return 'ASSETS'
  if (hasNumberInWords(text, prompt)) return 'NUMBERS'
  return judgeSentences(sentences, prompt.reported, prompt.assetIds)
}

/**
 * Decides whether a language model's text may be shown. The model is not trusted: its text is checked as plain text,
 * against the facts that it was given, and what fails is replaced by the rules' own sentences, never repaired.
 */
export function checkProse(answer: string, prompt: Prompt): CheckedProse {
  if (answer.length > longest * 4) return { isGood: false, fault: 'LENGTH' }
  const raw = clean(answer)
  // Lookalike letters are normalised; lookalike digits are refused.
  if (markup.test(raw)) return { isGood: false, fault: 'MARKUP' }
  const text = raw.normalize('NFKC')
  if (text.length > longest) return { isGood: false, fault: 'LENGTH' }
  const sentences = readSentences(text)
  const isComplete = sentences.join(' ').length === text.length
  const fault = isComplete ? findFault(text, sentences, prompt) : 'LENGTH'
  return fault ? { isGood: false, fault } : { isGood: true, text }
}
