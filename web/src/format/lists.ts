import { i18n } from '../i18n.ts'

/** "a, b, c" */
export const joinWords = (words: readonly string[]): string =>
  words.length === 0
    ? ''
    : words.reduce((first, next) => i18n.t('{first}, {next}', { first, next }))

/** Sentences one after the other. */
export const joinSentences = (sentences: readonly string[]): string =>
  sentences.length === 0
    ? ''
    : sentences.reduce((first, next) => i18n.t('{first} {next}', { first, next }))
